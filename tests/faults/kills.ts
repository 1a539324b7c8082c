import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../../scripts/system/index.ts';
import { chanceFrom, shuffled } from './chance.ts';
import type { Load } from './load.ts';
import { startLoad } from './load.ts';
import type { Fault, Snapshot } from './oracle/index.ts';
import { tellFaults } from './oracle/index.ts';
import { comeToRest } from './rest.ts';
import type { World } from './world.ts';
import { KILLABLE } from './world.ts';

export interface KillPlan {
  seed: number;
  /** How many parts, of the 28, are killed in each round. */
  victims: number;
  rounds: number;
  pauseMs: number;
  say(line: string): void;
}

export interface KillResult {
  kills: { part: string; readyAfterMs: number }[];
  orders: number;
  /** How many orders of each kind were acknowledged, and how they ended. */
  kinds: Record<string, number>;
  ends: Record<string, number>;
  endedAfterMs: number | undefined;
  silentAfterMs: number | undefined;
  facts: number;
  faults: Fault[];
  snapshot: Snapshot | undefined;
  troubles: Map<string, number>;
}

const REST_MS = 60_000;
const READY_MS = 60_000;
/** A kill hits a platform at work: so many orders were acknowledged since the one before. */
const ORDERS_BETWEEN = 3;
/** Before the first kill each kind of order was there. */
const ORDERS_FIRST = 10;
const WORK_MS = 60_000;

/** Ends a part with SIGKILL and waits until the one that takes its place answers. Gives how long that took, in milliseconds. */
async function killPart(system: System, part: string): Promise<number> {
  const victim = system.pid(part);
  const startedAt = Date.now();
  system.kill(part, 'SIGKILL');
  while (system.pid(part) === victim || system.pid(part) === undefined) await sleep(20);
  await system.whenReady(part, READY_MS);
  return Date.now() - startedAt;
}

async function untilAtWork(load: Load, more = ORDERS_BETWEEN): Promise<void> {
  const wanted = load.acknowledged.length + more;
  const deadline = Date.now() + WORK_MS;
  while (load.acknowledged.length < wanted) {
    if (Date.now() > deadline) throw new Error(`the load makes no orders any more: ${JSON.stringify([...load.troubles])}`);
    await sleep(50);
  }
}

function countBy<Item>(items: readonly Item[], name: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[name(item)] = (counts[name(item)] ?? 0) + 1;
  return counts;
}

/** Kills the parts that the seed chooses, one after another, under a load of orders; then waits for rest and asks the oracle. */
export async function runKills(world: World, { seed, victims, rounds, pauseMs, say }: KillPlan): Promise<KillResult> {
  const chance = chanceFrom(seed);
  const chosen = Array.from({ length: rounds }, () => shuffled(chance, KILLABLE).slice(0, victims)).flat();
  const load = startLoad(world, { seed, pauseMs });
  const kills: KillResult['kills'] = [];
  let lastKillMs = Date.now();
  try {
    await untilAtWork(load, ORDERS_FIRST);
    for (const part of chosen) {
      await untilAtWork(load);
      lastKillMs = Date.now();
      const readyAfterMs = await killPart(world.system, part);
      kills.push({ part, readyAfterMs });
      say(`killed ${part} after ${load.acknowledged.length} orders; it answers again after ${readyAfterMs} ms`);
    }
    await untilAtWork(load);
  } finally {
    await load.stop();
  }
  const rest = await comeToRest(world, load.acknowledged, { sinceMs: lastKillMs, withinMs: REST_MS });
  const { endedAfterMs, silentAfterMs, faults, snapshot } = rest;
  return {
    kills,
    orders: load.acknowledged.length,
    kinds: countBy(load.acknowledged, ({ kind }) => kind),
    ends: countBy(snapshot?.orders ?? [], ({ status, cancelReason }) => cancelReason ?? status),
    endedAfterMs,
    silentAfterMs,
    facts: Object.values(snapshot?.logs ?? {}).flat().length,
    faults,
    snapshot,
    troubles: load.troubles,
  };
}

const seconds = (ms: number | undefined): string => (ms === undefined ? 'never' : `${(ms / 1000).toFixed(1)} s`);
const listed = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** The result as lines of a report in Markdown. */
export function tellKills(result: KillResult, seed: number): string[] {
  const slowest = [...result.kills].sort((a, b) => b.readyAfterMs - a.readyAfterMs).slice(0, 5);
  const heard = result.faults.length === 0 ? 'silent' : `${result.faults.length} faults`;
  return [
    `- kills: ${result.kills.length} (\`kill -9\`), seed ${seed}`,
    `- orders acknowledged: ${result.orders} (${listed(result.kinds)})`,
    `- orders ended: ${listed(result.ends)}`,
    `- all ended ${seconds(result.endedAfterMs)} after the last kill; oracle ${heard}, ${seconds(result.silentAfterMs)} after it, over ${result.facts} facts`,
    `- slowest to answer again: ${slowest.map(({ part, readyAfterMs }) => `${part} ${seconds(readyAfterMs)}`).join(', ')}`,
    ...tellFaults(result.faults).map((line) => `    ${line}`),
  ];
}
