import { seedOf } from './chance.ts';
import type { DeliveryResult } from './delivery.ts';
import { runDelivery, tellDelivery } from './delivery.ts';
import { tellFaults } from './oracle/index.ts';
import type { World } from './world.ts';
import { openWorld } from './world.ts';

const seed = seedOf(process.env);
const say = (line: string) => process.stdout.write(`${line}\n`);
const plan = { seed, stoppedMs: 10_000, losses: 2, storms: 1, pauseMs: 250, say };

let world: World | undefined;
let result: DeliveryResult;

beforeAll(async () => {
  say(`delivery: SOUK_SEED=${seed}`);
  world = await openWorld(4);
  result = await runDelivery(world, plan);
  say(tellDelivery(result, plan).join('\n'));
}, 300_000);

afterAll(() => world?.stop(), 60_000);

describe('deliveries that are lost, late, repeated and out of sequence', () => {
  it('come to the same as sound ones: the oracle is silent', () => {
    expect(result.orders).toBeGreaterThan(plan.losses);
    expect(result.ordersMeanwhile).toBeGreaterThan(0);
    expect(tellFaults(result.faults)).toEqual([]);
  });

  it('are made good by the sweep alone where the broker lost them', () => {
    expect(result.lost).toBeGreaterThan(0);
    expect(result.swept).toBeGreaterThan(0);
  });

  it('change nothing when everything was applied already', () => {
    expect(result.changed).toEqual([]);
    expect(tellFaults(result.faultsAfter)).toEqual([]);
  });
});
