import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf } from './places.ts';

/** The clocks of `ps` count whole seconds. */
const CLOCK_SLACK_MS = 2_500;
const STOP_DEADLINE_MS = 15_000;

/** Notes which process runs a part, so that a later supervisor finds it even if this one is killed. */
export function notePid(folder: string, name: string, pid: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), String(pid));
}

export function forgetPid(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}

/** Ends the parts that a killed supervisor left behind, and gives their names. A number that another process has since got is spared. */
export async function endLeftovers(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const ended: { name: string; pid: number }[] = [];
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const pid = Number(readFileSync(file, 'utf8'));
    if (isSameProcess(pid, statSync(file).mtimeMs)) ended.push({ name, pid });
    else rmSync(file);
  }
  for (const { pid } of ended) signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (ended.some(({ pid }) => isAlive(pid)) && Date.now() < deadline) await sleep(100);
  for (const { name, pid } of ended) {
    signalGroup(pid, 'SIGKILL');
    forgetPid(folder, name);
  }
  return ended.map(({ name }) => name);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the process of that number was already running when the note of it was written. */
export function isSameProcess(pid: number, notedAtMs: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  const askedAtMs = Date.now();
  const elapsed = outputOf('ps', ['-o', 'etime=', '-p', String(pid)]);
  // Asked before: on a machine that is busy building, ps itself takes seconds.
  return elapsed !== undefined && askedAtMs - elapsedMs(elapsed) <= notedAtMs + CLOCK_SLACK_MS;
}

/** `[[days-]hours:]minutes:seconds`, the form that all systems' ps prints. */
function elapsedMs(text: string): number {
  const [clock = '', days = '0'] = text.trim().split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1_000;
}

/** Signals a process and all it started; nothing happens when they are gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
