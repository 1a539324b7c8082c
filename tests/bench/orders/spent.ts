import { existsSync, readFileSync } from 'node:fs';
import type { System } from '../../../scripts/system/index.ts';

/** What a kernel counts processor time in: a hundredth of a second wherever Linux runs Node. */
const TICK_MS = 10;

/** Processor time by kind of part, in milliseconds since their starts; nothing where there is no /proc. */
export function spentBy(system: System): Map<string, number> {
  const spent = new Map<string, number>();
  for (const part of system.parts()) {
    const kind = part.endsWith('-sidecar') ? 'sidecars' : part;
    spent.set(kind, (spent.get(kind) ?? 0) + spentMs(system.pid(part)));
  }
  return spent;
}

function spentMs(pid: number | undefined): number {
  const file = `/proc/${pid}/stat`;
  if (pid === undefined || !existsSync(file)) return 0;
  // The name may hold spaces; what follows its closing bracket does not. User and system time are the 14th and 15th fields.
  const text = readFileSync(file, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The differences, largest first, each per order. */
export function spentPerOrder(before: Map<string, number>, after: Map<string, number>, orders: number): [string, number][] {
  const rows = [...after].map(([part, ms]): [string, number] => [part, (ms - (before.get(part) ?? 0)) / orders]);
  return rows.sort(([, a], [, b]) => b - a);
}
