import type { Server } from 'node:http';
import type { EventContract, ServiceName } from '@souk/contracts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import type { Endpoint } from './endpoint.ts';
import { eventSegments } from './events/archive.ts';
import { memos, seenEvents } from './events/inbox.ts';
import { counters, eventLog } from './events/log.ts';
import { subscriptionStarts, sweepCursors } from './events/sweep.store.ts';
import type { FrontSettings } from './gateway/front.ts';
import { answers } from './idempotency.ts';
import type { Job } from './jobs.ts';
import { leases } from './jobs.ts';
import type { Figure } from './metrics.ts';
import type { Migration } from './migrations.ts';
import { migrationsDone } from './migrations.ts';
import type { Store } from './mongo/store.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import type { DeadLetter, Queue, Subscription } from './subscription.ts';

export interface ServiceDeclaration {
  name: ServiceName;
  purpose: string;
  port: number;
  config: Config;
  endpoints: readonly Endpoint[];
  /** Facts and signals it may publish; publishing another is a bug the tests find. */
  publishes?: readonly EventContract[];
  subscriptions?: readonly Subscription[];
  /** The queue of subscriptions that name none. */
  queue?: string;
  /** Binds that queue by a pattern instead of by the types subscribed to: `#` for audit. */
  routingKeys?: readonly string[];
  /** One replica at a time takes from that queue: for what depends on the sequence that facts come in. */
  singleActiveConsumer?: boolean;
  /** What keeps dead letters: audit. */
  onDeadLetter?(letter: DeadLetter, ctx: Context): Promise<unknown>;
  stores?: readonly Store[];
  resources?: readonly Resource[];
  jobs?: readonly Job[];
  figures?: readonly Figure[];
  migrations?: readonly Migration[];
  /** Makes it the one that the world may speak to: the gateway. */
  door?(runtime: Runtime): FrontSettings<string>;
  /** Called with the HTTP server before it listens: Socket.IO. Gives what to await at the end. */
  attach?(server: Server, runtime: Runtime): { close(): Promise<void> };
}

export interface ServiceDefinition
  extends Required<Omit<ServiceDeclaration, 'door' | 'attach' | QueueField | 'onDeadLetter'>>,
    Hooks {
  readonly database: string;
  readonly queues: readonly Queue[];
}

type QueueField = 'queue' | 'routingKeys' | 'singleActiveConsumer';
type Hooks = Pick<ServiceDeclaration, 'door' | 'attach' | 'onDeadLetter'>;

const KIT_STORES: readonly Store[] = [
  eventLog,
  eventSegments,
  counters,
  seenEvents,
  memos,
  answers,
  leases,
  migrationsDone,
  subscriptionStarts,
  sweepCursors,
];

/** A service's table of contents: everything it is, from which everything else is derived. */
export function defineService(declaration: ServiceDeclaration): ServiceDefinition {
  const { queue = `${declaration.name}.events`, routingKeys, singleActiveConsumer = false, ...rest } = declaration;
  const subscriptions = declaration.subscriptions ?? [];
  return {
    publishes: [],
    resources: [],
    jobs: [],
    figures: [],
    migrations: [],
    ...rest,
    subscriptions,
    stores: [...(declaration.stores ?? []), ...KIT_STORES],
    database: `${declaration.name}db`,
    queues: [
      ...queuesOf(subscriptions, { queue, routingKeys, singleActiveConsumer }),
      ...(declaration.onDeadLetter ? [deadLetterQueue(declaration.name)] : []),
    ],
  };
}

/** The durable queues of a service. Dapr keeps one subscription per component and exchange, so a second queue has a component of its own. */
function queuesOf(
  subscriptions: readonly Subscription[],
  main: Pick<Queue, 'queue' | 'singleActiveConsumer'> & { routingKeys: readonly string[] | undefined },
): Queue[] {
  const byQueue = new Map<string, string[]>();
  for (const { contract, replicas, queue } of subscriptions) {
    if (replicas === 'every') continue;
    const name = queue ?? main.queue;
    byQueue.set(name, [...(byQueue.get(name) ?? []), contract.type]);
  }
  return [...byQueue].map(([queue, types]) => ({
    queue,
    component: queue === main.queue ? 'pubsub' : 'pubsub-users',
    topic: 'ecommerce_exchange',
    routingKeys: queue === main.queue && main.routingKeys ? main.routingKeys : types.sort(),
    singleActiveConsumer: queue === main.queue && main.singleActiveConsumer,
  }));
}

const deadLetterQueue = (service: string): Queue => ({
  queue: `${service}.dead-letters`,
  component: 'pubsub',
  topic: 'dead_letters',
  routingKeys: ['#'],
  singleActiveConsumer: false,
});
