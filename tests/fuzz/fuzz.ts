// `npm run fuzz` keeps its report in docs/proofs/fuzz.md; `npm run fuzz -- 2` only prints what so many of each operation came to.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const chosen = process.argv.slice(2).filter((arg) => arg !== '--');
const command =
  chosen.length === 0 ? [join(root, 'scripts', 'prove.ts'), 'fuzz'] : [join(root, 'tests', 'prove', 'fuzz.ts'), ...chosen];
process.exitCode = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status ?? 1;
