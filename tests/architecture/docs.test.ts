import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './source-tree.ts';

test('the generated pages are what the declarations say', () => {
  // In a process of its own: rendering brings every service into memory, which no other test of this suite needs.
  const check = () => execFileSync(process.execPath, [join(root, 'scripts', 'docs.ts'), '--check'], { encoding: 'utf8' });
  expect(check()).toContain('as they must be');
});
