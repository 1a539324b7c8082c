import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcess } from './leftovers.ts';
import { root } from './places.ts';

/** What `npm run up` leaves for `down`, `logs` and a second `up`. */
export interface SystemState {
  /** Of the supervisor. */
  pid: number;
  status: 'starting' | 'ready' | 'failed';
  /** Why it failed. */
  error?: string;
  only?: readonly string[];
  /** Where to reach what runs, by name. */
  urls: Record<string, string>;
}

/** The folder of the system that `npm run up` starts. */
export function stateFolder(): string {
  return process.env.SOUK_STATE ?? join(root, '.souk');
}

export function writeState(folder: string, state: SystemState): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'state.json');
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file}.new`, file);
}

export function readState(folder: string): SystemState | undefined {
  const file = join(folder, 'state.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The state of a supervisor that lives; undefined when there is none, or none any more. */
export function readRunning(folder: string): SystemState | undefined {
  const state = readState(folder);
  if (state === undefined || state.status === 'failed') return undefined;
  return isSameProcess(state.pid, statSync(join(folder, 'state.json')).mtimeMs) ? state : undefined;
}
