// 10,000 messages of garbage over raw connections, at the gateway and a service behind it: what came of them. The suite that `npm test`
// runs with 1,000 is run with more, because its services need the database that Jest's setup starts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MESSAGES = 10_000;
const root = join(import.meta.dirname, '..', '..');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [jest, '--selectProjects', 'contract', '--testPathPatterns', 'contract/garbage.test'],
  { cwd: root, encoding: 'utf8', env: { ...process.env, SOUK_GARBAGE_MESSAGES: String(MESSAGES) } },
);
process.stdout.write(stderr);
const lines = stdout.split('\n').filter((line) => line.startsWith('garbage:') || line.includes('messages of garbage;'));
console.log('--- report');
console.log(lines.map((line) => `- ${line}`).join('\n'));
process.exitCode = status ?? 1;
