// Writes the pages that are generated from declarations: `npm run docs`. With `--check` it writes nothing and fails when a page is
// not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderPages } from './docs/pages.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const [path, content] of await renderPages()) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  stale.push(path);
  if (isCheck) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const verdict = isCheck ? 'stale: run npm run docs' : 'written';
console.log(stale.length === 0 ? 'The generated pages are as they must be.' : `${stale.join(', ')}: ${verdict}`);
if (isCheck && stale.length > 0) process.exitCode = 1;
