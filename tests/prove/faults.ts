// The 28 kills three times, and deliveries lost, late, repeated and shuffled: the full figures. `npm run prove -- faults kills` or
// `... delivery` runs one of the two.
import { seedOf } from '../faults/chance.ts';
import { runDelivery, tellDelivery } from '../faults/delivery.ts';
import { runKills, tellKills } from '../faults/kills.ts';
import type { World } from '../faults/world.ts';
import { openWorld } from '../faults/world.ts';

const CUSTOMERS = 6;
const MOST_MS = 60_000;

interface Told {
  lines: string[];
  isSound: boolean;
}

const seed = seedOf(process.env);
const say = (line: string) => console.log(line);
const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

async function inWorld(run: (world: World) => Promise<Told>): Promise<Told> {
  const world = await openWorld(CUSTOMERS);
  try {
    return await run(world);
  } finally {
    await world.stop();
  }
}

async function proveKills(world: World): Promise<Told> {
  const result = await runKills(world, { seed, victims: 28, rounds: 3, pauseMs: 100, say });
  const { endedAfterMs = Number.POSITIVE_INFINITY, faults } = result;
  return {
    lines: ['## Kills', '', ...tellKills(result, seed), ''],
    isSound: faults.length === 0 && endedAfterMs <= MOST_MS,
  };
}

async function proveDelivery(world: World): Promise<Told> {
  const plan = { seed, stoppedMs: 120_000, losses: 10, storms: 2, pauseMs: 200, say };
  const result = await runDelivery(world, plan);
  const isSwept = result.lost > 0 && result.swept > 0 && result.ordersMeanwhile > 0;
  const isSound = isSwept && result.faults.length + result.faultsAfter.length + result.changed.length === 0;
  return { lines: ['## Sweep and inbox', '', ...tellDelivery(result, plan), ''], isSound };
}

const told: Told[] = [];
if (isWanted('kills')) told.push(await inWorld(proveKills));
if (isWanted('delivery')) told.push(await inWorld(proveDelivery));
console.log('--- report');
for (const { lines } of told) console.log(lines.join('\n'));
process.exit(told.every(({ isSound }) => isSound) ? 0 : 1);
