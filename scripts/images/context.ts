import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, matchesGlob, relative } from 'node:path';

/** Whether Docker would leave a path out of the build, as the lines of .dockerignore tell: the last one that matches decides. */
export function ignoreRules(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: line.replace(/^!/, '') }));
  return (path) => {
    const withParents = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
    let isIgnored = false;
    for (const { keeps, pattern } of rules) if (withParents.some((one) => matchesGlob(one, pattern))) isIgnored = !keeps;
    return isIgnored;
  };
}

/** What COPY may read: the checkout without what .dockerignore leaves out, or the files of another stage. */
export interface Source {
  folder: string;
  isIgnored(path: string): boolean;
}

export function checkoutSource(root: string): Source {
  return { folder: root, isIgnored: ignoreRules(readFileSync(join(root, '.dockerignore'), 'utf8')) };
}

export const stageSource = (folder: string): Source => ({ folder, isIgnored: () => false });

/**
 * COPY: the content of a folder, or files, into `to` below `target`. A `to` that ends in a slash, or takes several, is a folder.
 * Throws when a source is missing.
 */
export function copy({ from, paths, target, to }: { from: Source; paths: string[]; target: string; to: string }): void {
  for (const path of paths) {
    const source = join(from.folder, path);
    const isFolder = statSync(source).isDirectory();
    const destination = join(target, !isFolder && (to.endsWith('/') || paths.length > 1) ? join(to, basename(path)) : to);
    mkdirSync(dirname(destination), { recursive: true });
    cpSync(source, destination, {
      recursive: true,
      // Links inside node_modules lead to workspaces, and must go on doing so.
      verbatimSymlinks: true,
      filter: (one) => one === from.folder || !from.isIgnored(relative(from.folder, one)),
    });
  }
}
