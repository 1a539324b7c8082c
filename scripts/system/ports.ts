import { createServer } from 'node:net';
import type { PartPlan } from './part.ts';
import { outputOf } from './places.ts';

/** Above what services are known by, below the range that systems hand out to clients. */
const LOWEST_FREE = 10_000;
const HIGHEST_FREE = 30_000;

/** Gives free ports, ascending from a place of its own in the range, so that systems started side by side rarely meet. */
export function freePorts(): () => Promise<number> {
  let next = LOWEST_FREE + Math.floor(Math.random() * (HIGHEST_FREE - LOWEST_FREE));
  return async () => {
    for (let tries = 0; tries < 1_000; tries += 1) {
      next = next + 1 > HIGHEST_FREE ? LOWEST_FREE : next + 1;
      if (await isFree(next)) return next;
    }
    throw new Error('No free port was found');
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Throws, naming each port in use with the part that needs it and, where the system says so, who holds it. */
export async function checkPorts(plans: readonly PartPlan[]): Promise<void> {
  const needs = plans.flatMap((plan) => Object.entries(plan.ports).map(([use, port]) => ({ part: plan.name, use, port })));
  const taken: string[] = [];
  for (const { part, use, port } of needs) {
    if (!(await isFree(port))) taken.push(`  - port ${port} (${use} of ${part}) is in use${holderOf(port)}`);
  }
  if (taken.length > 0) throw new Error(`The system cannot start:\n${taken.join('\n')}`);
}

function holderOf(port: number): string {
  const sockets = outputOf('ss', ['-ltnpH', `sport = :${port}`]);
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(sockets ?? '') ?? [];
  if (name !== undefined) return ` by ${name} (process ${pid})`;
  const listed = outputOf('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const [, process, command] = /p(\d+)\nc(.+)/.exec(listed ?? '') ?? [];
  return process === undefined ? '' : ` by ${command} (process ${process})`;
}
