import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** What is not ours to judge: installed, generated or kept by a tool. */
const IGNORED_FOLDERS = ['node_modules', '.git', '.souk', 'coverage'];

function listBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (IGNORED_FOLDERS.includes(entry.name)) return [];
    return entry.isDirectory() ? listBelow(path) : [path];
  });
}

/** Every file of the repository, as a path from its root with forward slashes. */
export const repositoryFiles: readonly string[] = listBelow('').map((path) => path.split(sep).join('/'));

export function filesMatching(pattern: RegExp): string[] {
  return repositoryFiles.filter((path) => pattern.test(path));
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The folders directly inside `parent`, by name. */
export function foldersIn(parent: 'services' | 'packages'): string[] {
  const names = repositoryFiles.filter((path) => path.startsWith(`${parent}/`)).map((path) => path.split('/')[1] ?? '');
  return [...new Set(names)].sort();
}

/** What runs in production or by hand: everything but tests. */
export const productCode: readonly string[] = filesMatching(/^(packages|services)\/[^/]+\/src\/.*\.ts$|^scripts\/.*\.(ts|mjs)$/);

export function lineCount(path: string): number {
  return readText(path).trimEnd().split('\n').length;
}
