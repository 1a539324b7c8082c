import type { Envelope, ServiceName } from '@souk/contracts';
import { traceparentFrom } from '@souk/tracing';
import { v7 as newId } from 'uuid';
import { createContext, eventContext } from './create-context.ts';
import { bulkDelivery, Delivery } from './events/delivery.ts';
import { envelopeOf } from './events/log.ts';
import { EXCHANGE } from './events/relay.ts';
import { system } from './mongo/scope.ts';
import type { Runtime } from './runtime.ts';
import type { DeadLetter } from './subscription.ts';

const DEAD_LETTERS = 'dead_letters';
/** A longer wait fills the batches, each of which costs a commit; six such waits are on an order's way from card to confirmation. */
const BULK = { enabled: true, maxMessagesCount: 100, maxAwaitDurationMs: 25 };

type Deliver = (body: unknown) => Promise<unknown>;

/** What the sidecar is told to deliver, and where it arrives. */
export interface DeliveryRoutes {
  subscriptions: object[];
  routes: Map<string, Deliver>;
  delivery: Delivery;
}

/** Makes Dapr's subscriptions and their routes from a service's declarations. */
export function deliveriesOf(runtime: Runtime): DeliveryRoutes {
  const { service } = runtime;
  const delivery = new Delivery({
    service: service.name,
    subscriptions: service.subscriptions,
    database: runtime.database,
    metrics: runtime.metrics,
    log: runtime.log,
    context: (event, mark) => eventContext(runtime, event, mark),
    deadLetter: (event, reason) =>
      runtime.sidecar.publish('pubsub', DEAD_LETTERS, [deadLetterEnvelope(service.name, event, reason)]),
  });
  const routes = new Map<string, Deliver>();
  const subscriptions = service.queues.map(({ queue, component, topic, routingKeys, singleActiveConsumer }) => {
    const route = `/events/${queue}`;
    routes.set(route, topic === DEAD_LETTERS ? (body) => keepDeadLetters(runtime, body) : (body) => delivery.deliver(body));
    return {
      pubsubname: component,
      topic,
      routes: { default: route },
      ...(topic !== DEAD_LETTERS && { deadLetterTopic: DEAD_LETTERS }),
      metadata: {
        queueName: queue,
        routingKey: routingKeys.join(','),
        queueType: 'quorum',
        ...(singleActiveConsumer && { singleActiveConsumer: 'true' }),
      },
      bulkSubscribe: BULK,
    };
  });
  const live = service.subscriptions.filter(({ replicas }) => replicas === 'every').map(({ contract }) => contract.type);
  if (live.length > 0) {
    const route = '/events/live';
    routes.set(route, (body) => delivery.tell(body));
    const metadata = {
      queueName: `live.${service.name}.${runtime.instance}`,
      routingKey: [...new Set(live)].join(','),
      queueType: 'classic',
    };
    subscriptions.push({ pubsubname: 'pubsub-live', topic: EXCHANGE, routes: { default: route }, metadata, bulkSubscribe: BULK });
  }
  return { subscriptions, routes, delivery };
}

function deadLetterEnvelope(consumer: ServiceName, event: unknown, reason: string): Envelope & DeadLetter {
  const about = event !== null && typeof event === 'object' ? (event as Partial<Envelope>) : {};
  const subject = typeof about.id === 'string' ? about.id : 'unknown';
  const letter = { _id: newId(), type: 'dead_letter', version: 1, subject, sequence: 0, time: new Date(), data: null };
  return { ...envelopeOf(consumer, letter), consumer, reason, event };
}

/** Hands dead letters to the service that keeps them. Those the sidecar set aside itself come bare, without a reason. */
async function keepDeadLetters(runtime: Runtime, body: unknown): Promise<unknown> {
  const { entries } = bulkDelivery.parse(body);
  const statuses = [];
  for (const { entryId, event } of entries) {
    const trace = { requestId: newId(), traceparent: traceparentFrom(undefined) };
    const ctx = createContext(runtime, { scope: system('dead letters of all services'), trace });
    try {
      await runtime.service.onDeadLetter?.(readDeadLetter(event), ctx);
      statuses.push({ entryId, status: 'SUCCESS' });
    } catch (error) {
      runtime.log.warn({ err: error }, 'a dead letter could not be kept yet');
      statuses.push({ entryId, status: 'RETRY' });
    }
  }
  return { statuses };
}

function readDeadLetter(raw: unknown): DeadLetter {
  const letter = raw !== null && typeof raw === 'object' ? (raw as Record<string, unknown>) : {};
  return letter.type === 'dead_letter'
    ? { event: letter.event, consumer: String(letter.consumer), reason: String(letter.reason) }
    : { event: raw, consumer: undefined, reason: 'the sidecar or the broker gave up delivering it' };
}
