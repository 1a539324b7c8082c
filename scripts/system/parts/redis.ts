import { findOnPath } from '../places.ts';
import type { Say } from '../ways.ts';
import { firstThatWorks } from '../ways.ts';
import { installDebianPackage } from './debian-package.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const FOLDERS = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/sbin'];

/** An installed Redis, or Valkey, which is the same to its clients; installs the Debian package if need be. Throws PartMissing. */
export function findRedis(say: Say): Promise<string> {
  const installed = () => PROGRAMS.map((name) => findOnPath(name, FOLDERS)).find((file) => file !== undefined);
  return firstThatWorks({ name: 'Redis', advice: 'Install Redis 7 or Valkey.', say }, [
    { what: 'redis-server on this machine', get: async () => installed() },
    {
      what: 'Debian package',
      get: async () => ((await installDebianPackage('redis-server', say)) ? installed() : undefined),
    },
  ]);
}
