import type { Envelope, EventContract } from '@souk/contracts';
import type { Context } from './context.ts';

/** Where a subscription's deliveries come from. `pubsub` unless a service has a second queue. */
export type PubsubComponent = 'pubsub' | 'pubsub-users' | 'pubsub-live';

export type Handler<Data> = (event: Envelope<Data>, ctx: Context) => Promise<unknown>;

export interface Subscription {
  readonly contract: EventContract;
  /** `one`: one replica works it off, once. `every`: each replica is told, perhaps twice or not at all. */
  readonly replicas: 'one' | 'every';
  readonly queue: string | undefined;
  /** Older facts are passed over: for handlers that reach people or gateways. */
  readonly maxAgeMs: number | undefined;
  run(event: Envelope, ctx: Context): Promise<unknown>;
}

/** One replica works each of these facts off, exactly once: `run`'s first transaction or batch commits with the memory of the event. */
export function on<Data>(
  contract: EventContract<Data>,
  run: Handler<Data>,
  options: { queue?: string; maxAgeMs?: number } = {},
): Subscription {
  return {
    contract: contract as EventContract,
    replicas: 'one',
    queue: options.queue,
    maxAgeMs: options.maxAgeMs,
    run: (event, ctx) => run(event as Envelope<Data>, ctx),
  };
}

/** Every replica is told of these events, as a hint: what must be right also has a TTL or polls. */
export function onEveryReplica<Data>(contract: EventContract<Data>, run: Handler<Data>): Subscription {
  return {
    contract: contract as EventContract,
    replicas: 'every',
    queue: undefined,
    maxAgeMs: undefined,
    run: (event, ctx) => run(event as Envelope<Data>, ctx),
  };
}

/** A queue of a service, as RabbitMQ's definitions and Dapr's subscription declare it. */
export interface Queue {
  readonly queue: string;
  readonly component: PubsubComponent;
  readonly topic: 'ecommerce_exchange' | 'dead_letters';
  readonly routingKeys: readonly string[];
  /** One replica takes from it at a time, in its sequence; another goes on when that one is gone. */
  readonly singleActiveConsumer: boolean;
}

/** An event that a consumer set aside. */
export interface DeadLetter {
  /** Whatever was delivered; mostly an envelope. */
  event: unknown;
  /** The service that set it aside; unknown when its sidecar did. */
  consumer: string | undefined;
  reason: string;
}
