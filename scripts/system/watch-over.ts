import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './places.ts';

/**
 * Starts a guard that ends what the pid files in `folder` name as soon as this process is gone. Gives what lets it go: it ends,
 * having nothing left to do.
 */
export function watchOver(folder: string): () => Promise<void> {
  const args = ['--max-old-space-size=32', join(import.meta.dirname, 'guard.ts'), folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Neither the guard nor the pipe keeps this process from ending: its end is what the guard waits for.
  child.unref();
  const pipe = child.stdin;
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return async () => {
    child.ref();
    pipe.end();
    await gone;
  };
}
