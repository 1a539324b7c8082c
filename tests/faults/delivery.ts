import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@souk/contracts';
import { SERVICES } from '@souk/contracts';
import type { LoggedEvent } from '@souk/service-kit';
import { envelopeOf } from '@souk/service-kit';
import type { QueueDeclaration } from '../../scripts/system/index.ts';
import { countReady, deliver, purgeQueues, workQueues } from './broker.ts';
import type { Chance } from './chance.ts';
import { chanceFrom, pick, shuffled } from './chance.ts';
import type { Load } from './load.ts';
import { startLoad } from './load.ts';
import type { Fault } from './oracle/index.ts';
import { tellFaults } from './oracle/index.ts';
import { comeToRest } from './rest.ts';
import type { World } from './world.ts';

export interface DeliveryPlan {
  seed: number;
  /** For how long a subscriber is stopped under load. */
  stoppedMs: number;
  /** How often all queues are emptied under load. */
  losses: number;
  /** How often everything is delivered three times more under load. */
  storms: number;
  pauseMs: number;
  say(line: string): void;
}

export interface DeliveryResult {
  orders: number;
  facts: number;
  purges: number;
  /** Messages that were in the emptied queues. */
  lost: number;
  /** Facts that the sweep brought to those who had lost them. */
  swept: number;
  /** Deliveries made past the broker, of facts that mostly were known. */
  redeliveries: number;
  stopped: string;
  /** Orders that were made while it was. */
  ordersMeanwhile: number;
  silentAfterMs: number | undefined;
  faults: Fault[];
  /** Collections that were not the same after everything was delivered three times more. */
  changed: string[];
  faultsAfter: Fault[];
}

const REST_MS = 60_000;
const WORK_MS = 60_000;
const AT_ONCE = 100;
const TIMES = 3;
/** Who works off facts without being asked for anything while an order is made. */
const SUBSCRIBERS = [
  'inventory',
  'payment',
  'notification',
  'websocket',
  'audit',
  'analytics',
  'debt',
  'company',
  'shop',
] as const;
/** Those among them that much is told, and that nobody waits for: without them orders go on. */
const LISTENERS = ['notification', 'websocket', 'audit', 'analytics'] as const;
/** What a platform at rest writes by the clock alone, or to remember a delivery. */
const BOOKKEEPING = new Set(['leases', 'answers', 'memos', 'sweep_cursors', 'revocation_positions', 'changed_dashboards']);

/** Takes a subscriber away from its queue until facts wait there, and empties all queues meanwhile. Gives how many messages were lost. */
async function loseFacts(world: World, queues: readonly QueueDeclaration[], subscriber: string): Promise<number> {
  const { system } = world;
  const own = queues.filter(({ service }) => service === subscriber);
  await Promise.all([system.hold(subscriber), system.hold(`${subscriber}-sidecar`)]);
  for (const deadline = Date.now() + WORK_MS; ; await sleep(200)) {
    const waiting = await Promise.all(own.map(({ queue }) => countReady(system, queue)));
    if (waiting.some((count) => count > 0)) break;
    if (Date.now() > deadline) throw new Error(`nothing came for ${subscriber} while it was away`);
  }
  const lost = await purgeQueues(system, queues);
  await Promise.all([system.release(subscriber), system.release(`${subscriber}-sidecar`)]);
  return lost;
}

/** How many facts the sweeps of all services have brought since their processes began. */
export async function countSwept({ system }: World): Promise<number> {
  const counts = await Promise.all(
    SERVICES.map(async (service) => {
      const text = await (await fetch(`${system.url(service)}/metrics`)).text();
      const values = text.matchAll(/^souk_swept_events_total\{.*\} (\d+)/gm);
      return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function readFacts({ reading }: World): Promise<Envelope[]> {
  const logs = await Promise.all(
    SERVICES.map(async (service) => {
      const sent = reading
        .database(service)
        .collection<LoggedEvent>('events')
        .find({ position: { $gt: 0 } });
      return (await sent.toArray()).map((event) => envelopeOf(service, event));
    }),
  );
  return logs.flat();
}

/** Delivers all facts to all their consumers three times, in a sequence of chance, as their sidecars would. Gives how many. */
async function deliverAgain(world: World, queues: readonly QueueDeclaration[], chance: Chance): Promise<number> {
  const facts = await readFacts(world);
  let delivered = 0;
  for (const { service, queue, routingKeys } of queues) {
    const wanted = facts.filter(({ type }) => routingKeys.includes('#') || routingKeys.includes(type));
    const mixed = shuffled(chance, Array.from({ length: TIMES }, () => wanted).flat());
    for (let start = 0; start < mixed.length; start += AT_ONCE) {
      const entries = mixed.slice(start, start + AT_ONCE).map((event, index) => ({ entryId: String(index), event }));
      await deliver(world.system, { service, queue, entries });
      delivered += entries.length;
    }
  }
  return delivered;
}

/** What each collection holds, as one digest. */
async function digestCollections({ reading }: World): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const service of SERVICES) {
    const database = reading.database(service);
    const names = (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    for (const name of names.filter((each) => !BOOKKEEPING.has(each))) {
      const documents = await database.collection(name).find().sort({ _id: 1 }).toArray();
      digests.set(`${service}.${name}`, createHash('sha256').update(JSON.stringify(documents)).digest('hex'));
    }
  }
  return digests;
}

async function untilOrders(load: Load, more: number): Promise<void> {
  const wanted = load.acknowledged.length + more;
  for (const deadline = Date.now() + WORK_MS; load.acknowledged.length < wanted; await sleep(50))
    if (Date.now() > deadline) throw new Error(`the load makes no orders: ${JSON.stringify([...load.troubles])}`);
}

/** Loses and delays deliveries under a load of orders, then repeats and shuffles them under another, and three times more at rest. */
export async function runDelivery(world: World, plan: DeliveryPlan): Promise<DeliveryResult> {
  const chance = chanceFrom(plan.seed);
  const queues = await workQueues();
  const first = await loseUnderLoad(world, plan, { chance, queues });
  const load = startLoad(world, { seed: plan.seed + 1, pauseMs: plan.pauseMs });
  let redeliveries = 0;
  try {
    for (let storm = 0; storm < plan.storms; storm += 1) {
      await untilOrders(load, 2);
      redeliveries += await deliverAgain(world, queues, chance);
    }
  } finally {
    await load.stop();
  }
  plan.say(`delivered ${redeliveries} again under load`);
  const acknowledged = [...first.acknowledged, ...load.acknowledged];
  const rest = await comeToRest(world, acknowledged, { sinceMs: Date.now(), withinMs: REST_MS });
  const before = await digestCollections(world);
  redeliveries += await deliverAgain(world, queues, chance);
  const again = await comeToRest(world, acknowledged, { sinceMs: Date.now(), withinMs: REST_MS });
  const after = await digestCollections(world);
  const names = new Set([...before.keys(), ...after.keys()]);
  return {
    ...first,
    orders: acknowledged.length,
    facts: Object.values(again.snapshot?.logs ?? {}).flat().length,
    purges: plan.losses * queues.length,
    redeliveries,
    faults: [...first.faults, ...rest.faults],
    changed: [...names].filter((name) => before.get(name) !== after.get(name)),
    faultsAfter: again.faults,
  };
}

type Losses = Pick<DeliveryResult, 'lost' | 'swept' | 'stopped' | 'ordersMeanwhile' | 'silentAfterMs' | 'faults'> &
  Pick<Load, 'acknowledged'>;

/** Empties queues and stops a subscriber under load; nothing is delivered again but by the sweep. */
async function loseUnderLoad(
  world: World,
  { seed, losses, stoppedMs, pauseMs, say }: DeliveryPlan,
  { chance, queues }: { chance: Chance; queues: readonly QueueDeclaration[] },
): Promise<Losses> {
  const load = startLoad(world, { seed, pauseMs });
  const { acknowledged } = load;
  const stopped = pick(chance, SUBSCRIBERS);
  let lost = 0;
  let ordersMeanwhile = 0;
  try {
    for (let loss = 0; loss < losses; loss += 1) {
      await untilOrders(load, 2);
      lost += await loseFacts(world, queues, pick(chance, LISTENERS));
    }
    say(`purged ${losses} times, ${lost} messages lost, after ${acknowledged.length} orders`);
    await world.system.hold(stopped);
    const already = acknowledged.length;
    await sleep(stoppedMs);
    ordersMeanwhile = acknowledged.length - already;
    await world.system.release(stopped);
    say(`${stopped} was stopped for ${stoppedMs / 1000} s, ${ordersMeanwhile} orders meanwhile`);
  } finally {
    await load.stop();
  }
  const { silentAfterMs, faults } = await comeToRest(world, acknowledged, { sinceMs: Date.now(), withinMs: REST_MS });
  return { acknowledged, lost, swept: await countSwept(world), stopped, ordersMeanwhile, silentAfterMs, faults };
}

/** The result as lines of a report in Markdown. */
export function tellDelivery(result: DeliveryResult, { seed, stoppedMs }: DeliveryPlan): string[] {
  const silent =
    result.silentAfterMs === undefined ? 'never silent' : `silent ${(result.silentAfterMs / 1000).toFixed(1)} s after the load`;
  return [
    `- orders acknowledged: ${result.orders}, facts: ${result.facts}, seed ${seed}`,
    `- queues purged in mid-load: ${result.purges}, with ${result.lost} messages in them; facts that the sweep brought: ${result.swept} at least`,
    `- subscriber stopped under load: ${result.stopped}, ${stoppedMs / 1000} s, ${result.ordersMeanwhile} orders meanwhile; the oracle is ${silent}`,
    `- facts delivered three times, in a sequence of chance, under load and at rest: ${result.redeliveries} deliveries`,
    `- those at rest changed: ${result.changed.length === 0 ? 'no document' : result.changed.join(', ')}`,
    ...tellFaults([...result.faults, ...result.faultsAfter]).map((line) => `    ${line}`),
  ];
}
