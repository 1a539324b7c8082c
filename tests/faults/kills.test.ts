import { seedOf } from './chance.ts';
import type { KillResult } from './kills.ts';
import { runKills, tellKills } from './kills.ts';
import { findFaults, tellFaults } from './oracle/index.ts';
import { PLANTS } from './oracle/planting.ts';
import type { World } from './world.ts';
import { openWorld } from './world.ts';

const seed = seedOf(process.env);
const say = (line: string) => process.stdout.write(`${line}\n`);
const plan = { victims: 6, rounds: 1, pauseMs: 250 };

let world: World | undefined;
let result: KillResult;

beforeAll(async () => {
  say(`kills: SOUK_SEED=${seed}`);
  world = await openWorld(4);
  result = await runKills(world, { seed, ...plan, say });
  say(tellKills(result, seed).join('\n'));
}, 300_000);

afterAll(() => world?.stop(), 60_000);

describe(`${plan.victims * plan.rounds} kills under a load of orders`, () => {
  it('leave no order open for longer than a minute', () => {
    expect(result.orders).toBeGreaterThan(plan.victims * plan.rounds);
    expect(result.endedAfterMs).toBeLessThan(60_000);
  });

  it('leave nothing for the oracle to say', () => {
    expect(tellFaults(result.faults)).toEqual([]);
  });
});

describe('the oracle', () => {
  it.each(PLANTS)('names $what', ({ rule, into }) => {
    if (!result.snapshot) throw new Error('the run left no snapshot to plant into');
    const planted = structuredClone(result.snapshot);
    into(planted);
    const before = new Set(findFaults(result.snapshot).map((fault) => JSON.stringify(fault)));
    const named = findFaults(planted).filter((fault) => !before.has(JSON.stringify(fault)));
    expect(named.map((fault) => fault.rule)).toContain(rule);
  });
});
