import { findOnPath } from '../places.ts';
import type { Say } from '../ways.ts';
import { firstThatWorks } from '../ways.ts';
import { installDebianPackage } from './debian-package.ts';

/** The server itself. Throws PartMissing. */
export const findPrometheus = (say: Say): Promise<string> => findProgram('prometheus', say);

/** Its checker and test bench of rules. Throws PartMissing. */
export const findPromtool = (say: Say): Promise<string> => findProgram('promtool', say);

function findProgram(name: string, say: Say): Promise<string> {
  const advice = 'Install Prometheus 2.42 or later, which brings promtool.';
  return firstThatWorks({ name, advice, say }, [
    { what: `${name} on the PATH`, get: () => findOnPath(name) },
    {
      what: 'Debian package',
      get: async () => ((await installDebianPackage('prometheus', say)) ? findOnPath(name) : undefined),
    },
  ]);
}
