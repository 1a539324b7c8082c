import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@souk/contracts';
import { SERVICES } from '@souk/contracts';
import type { LoggedEvent } from '@souk/service-kit';
import { envelopeOf } from '@souk/service-kit';
import type { QueueDeclaration } from '../../scripts/system/index.ts';
import { loadQueues } from '../../scripts/system/index.ts';
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
  /** How often all queues are emptied under load, and everything is delivered again meanwhile. */
  storms: number;
  pauseMs: number;
  say(line: string): void;
}

export interface DeliveryResult {
  orders: number;
  facts: number;
  purges: number;
  /** Deliveries made past the broker, of facts that mostly were known. */
  redeliveries: number;
  stopped: string;
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
/** What a platform at rest writes by the clock alone, or to remember a delivery. */
const BOOKKEEPING = new Set(['leases', 'answers', 'memos', 'sweep_cursors', 'revocation_positions', 'changed_dashboards']);

const workQueues = async (): Promise<QueueDeclaration[]> =>
  (await loadQueues()).filter(({ topic }) => topic === 'ecommerce_exchange');

/** Empties every queue of facts, as a broker does that lost its disk. */
async function purgeQueues({ system }: World, queues: readonly QueueDeclaration[]): Promise<void> {
  const { managementUrl, user, password } = system.rabbit;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  for (const { queue } of queues) {
    const url = `${managementUrl}/api/queues/%2F/${encodeURIComponent(queue)}/contents`;
    const answer = await fetch(url, { method: 'DELETE', headers: { authorization } });
    if (!answer.ok) throw new Error(`${queue} could not be purged: ${answer.status}`);
  }
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
      await post(world, `${world.system.url(service)}/events/${queue}`, { entries });
      delivered += entries.length;
    }
  }
  return delivered;
}

async function post({ system }: World, url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'dapr-api-token': system.secrets['app-api-token'] ?? '' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
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

/** Loses, delays, repeats and shuffles deliveries under a load of orders, then everything three times more at rest. */
export async function runDelivery(world: World, plan: DeliveryPlan): Promise<DeliveryResult> {
  const { seed, storms, stoppedMs, pauseMs, say } = plan;
  const chance = chanceFrom(seed);
  const queues = await workQueues();
  const load = startLoad(world, { seed, pauseMs });
  const stopped = pick(chance, SUBSCRIBERS);
  let redeliveries = 0;
  try {
    for (let storm = 0; storm < storms; storm += 1) {
      await untilOrders(load, 2);
      await purgeQueues(world, queues);
      redeliveries += await deliverAgain(world, queues, chance);
    }
    say(`purged ${storms} times, delivered ${redeliveries} again, after ${load.acknowledged.length} orders`);
    await world.system.hold(stopped);
    await sleep(stoppedMs);
    await world.system.release(stopped);
    say(`${stopped} was stopped for ${stoppedMs / 1000} s, ${load.acknowledged.length} orders until then`);
  } finally {
    await load.stop();
  }
  const rest = await comeToRest(world, load.acknowledged, { sinceMs: Date.now(), withinMs: REST_MS });
  const before = await digestCollections(world);
  redeliveries += await deliverAgain(world, queues, chance);
  const again = await comeToRest(world, load.acknowledged, { sinceMs: Date.now(), withinMs: REST_MS });
  const after = await digestCollections(world);
  return {
    orders: load.acknowledged.length,
    facts: Object.values(again.snapshot?.logs ?? {}).flat().length,
    purges: storms * queues.length,
    redeliveries,
    stopped,
    silentAfterMs: rest.silentAfterMs,
    faults: rest.faults,
    changed: [...after].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name),
    faultsAfter: again.faults,
  };
}

/** The result as lines of a report in Markdown. */
export function tellDelivery(result: DeliveryResult, { seed, stoppedMs }: DeliveryPlan): string[] {
  const silent =
    result.silentAfterMs === undefined ? 'never silent' : `silent after ${(result.silentAfterMs / 1000).toFixed(1)} s`;
  return [
    `- orders acknowledged: ${result.orders}, facts: ${result.facts}, seed ${seed}`,
    `- queues purged in mid-load: ${result.purges}; deliveries repeated in a sequence of chance: ${result.redeliveries}`,
    `- subscriber stopped under load: ${result.stopped}, ${stoppedMs / 1000} s; the oracle is ${silent}`,
    `- all facts delivered three times more at rest: ${result.changed.length === 0 ? 'no document changed' : result.changed.join(', ')}`,
    ...tellFaults([...result.faults, ...result.faultsAfter]).map((line) => `    ${line}`),
  ];
}
