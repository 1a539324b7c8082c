import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The checkout's root. */
export const root = join(import.meta.dirname, '..', '..');

/** Where downloaded and built parts are kept for every checkout of this user. */
export function cacheFolder(): string {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'souk');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'souk') : join(homedir(), '.cache', 'souk');
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first executable of that name on the PATH or in `further` folders. */
export function findOnPath(name: string, further: readonly string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...further].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** What a short command prints; undefined when it fails or takes longer than 15 s, which on a machine that is busy building even `ps` may. */
export function outputOf(file: string, args: readonly string[]): string | undefined {
  const done = spawnSync(file, args, { encoding: 'utf8', timeout: 15_000, stdio: ['ignore', 'pipe', 'ignore'] });
  return done.status === 0 ? done.stdout.trim() : undefined;
}
