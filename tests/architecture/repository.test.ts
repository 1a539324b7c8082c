import { execFileSync } from 'node:child_process';
import { join, posix, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import budgets from '../../scripts/budgets.json' with { type: 'json' };
import { filesMatching, readText, repositoryFiles, root } from './source-tree.ts';

const DEPENDENCY_KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

type Manifest = Partial<Record<(typeof DEPENDENCY_KINDS)[number], Record<string, string>>>;

interface LockFile {
  packages: Record<string, Manifest & { resolved?: string; integrity?: string; link?: boolean }>;
}

const lock: LockFile = JSON.parse(readText('package-lock.json'));

test('the lock file carries no download addresses', () => {
  const addressed = Object.entries(lock.packages).filter(([, { resolved = '' }]) => /^\w+:/.test(resolved));
  expect(addressed.map(([path]) => path)).toEqual([]);
});

test('the lock file holds what every workspace asks for', () => {
  const stale = ['', ...filesMatching(/^(packages|services)\/[^/]+\/package\.json$/).map((path) => posix.dirname(path))].filter(
    (folder) => {
      const manifest: Manifest = JSON.parse(readText(posix.join(folder, 'package.json')));
      return DEPENDENCY_KINDS.some((kind) => !isDeepStrictEqual(manifest[kind] ?? {}, lock.packages[folder]?.[kind] ?? {}));
    },
  );
  expect(stale.map((folder) => `${folder || 'the root'}: run npm install`)).toEqual([]);
});

test('the lock file vouches for what it installs', () => {
  const installed = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
  expect(installed.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([]);
});

test('the continuous run calls the test command and nothing else', () => {
  const commands = readText('.ci/run')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  expect(commands).toEqual(['set -euo pipefail', expect.stringMatching(/^cd /), 'npm test']);
});

test('every test file is run by a suite that has a budget', () => {
  const suites = Object.keys(budgets.steps).filter((step) => step !== 'lint' && step !== 'types');
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const listed = execFileSync(process.execPath, [jest, '--listTests', '--selectProjects', ...suites], {
    cwd: root,
    encoding: 'utf8',
  });
  const run = new Set(listed.split('\n').map((path) => relative(root, path).split(sep).join('/')));
  expect(filesMatching(/\.test\.\w+$/).filter((path) => !run.has(path))).toEqual([]);
});

test('every script of package.json is there', () => {
  const scripts: Record<string, string> = JSON.parse(readText('package.json')).scripts;
  const named = Object.values(scripts).flatMap((script) => [...script.matchAll(/[\w./-]+\.(?:ts|mjs)\b/g)].map(([path]) => path));
  expect(named.filter((path) => !repositoryFiles.includes(path))).toEqual([]);
});
