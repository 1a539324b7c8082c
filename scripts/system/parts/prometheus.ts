import { findOnPath } from '../places.ts';
import type { Say } from '../ways.ts';
import { firstThatWorks } from '../ways.ts';
import { installDebianPackage } from './debian-package.ts';

/** Prometheus' own checker and test bench of rules. Throws PartMissing. */
export function findPromtool(say: Say): Promise<string> {
  const advice = 'Install Prometheus 2.42 or later, which brings promtool.';
  return firstThatWorks({ name: 'promtool', advice, say }, [
    { what: 'promtool on the PATH', get: () => findOnPath('promtool') },
    {
      what: 'Debian package',
      get: async () => ((await installDebianPackage('prometheus', say)) ? findOnPath('promtool') : undefined),
    },
  ]);
}
