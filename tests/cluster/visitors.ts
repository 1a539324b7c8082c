import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/system/places.ts';

const JEST = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
/** Of the end of what failed tests say. */
const MOST_SHOWN = 6_000;

export interface Visit {
  /** Of this folder or of those of a platform of their own, by its path below `tests`. */
  test: 'e2e/journey.test' | 'cluster/flash-sale.visit';
  /** The file that says where the platform is, and the authority to trust. */
  place: string;
  authority: string;
  /** Tells visits apart that the platform sees one after another. */
  run: string;
}

/** Runs a test against the installed platform in a process of its own, which trusts its certificate. Throws with what failed. */
export async function visit({ test, place, authority, run }: Visit): Promise<string> {
  const args = ['--selectProjects', 'e2e', 'cluster', '--testPathPatterns', `tests/${test}`, '--runInBand', '--ci'];
  const env = { ...process.env, SOUK_PLATFORM: place, SOUK_RUN: run, NODE_EXTRA_CA_CERTS: authority };
  const child = spawn(process.execPath, [JEST, ...args], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((done) => child.once('close', done));
  const [, passed = ''] = /^Tests:\s+(.*)$/m.exec(said) ?? [];
  if (code !== 0 || !/^\d+ passed, \d+ total$/.test(passed)) throw new Error(`${test}: ${said.slice(-MOST_SHOWN)}`);
  return passed;
}
