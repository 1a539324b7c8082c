// Ratios against the limit of the same work: `npm run bench` takes all of them and keeps the report in docs/proofs/bench.md;
// `npm run bench -- hot-sku` takes one and only prints it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const chosen = process.argv.slice(2).filter((arg) => arg !== '--');
const isWhole = chosen.length === 0 && process.env.SOUK_BENCH_SHORT !== '1';
const command = isWhole ? [join(root, 'scripts', 'prove.ts'), 'bench'] : [join(root, 'tests', 'prove', 'bench.ts'), ...chosen];
const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
