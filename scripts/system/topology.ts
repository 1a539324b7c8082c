import { createHash, randomBytes } from 'node:crypto';

/** The topic exchange of all facts and signals, and the one of what could not be worked off. */
export const EXCHANGES = ['ecommerce_exchange', 'dead_letters'] as const;

/** A durable queue of a service, as its Dapr subscription declares it. */
export interface QueueDeclaration {
  service: string;
  queue: string;
  component: 'pubsub' | 'pubsub-users' | 'pubsub-live';
  routingKeys: readonly string[];
  topic: (typeof EXCHANGES)[number];
  singleActiveConsumer: boolean;
}

/** Who may connect to the broker. `writes` are the routing keys it may publish to ecommerce_exchange; undefined means all. */
export interface BrokerUser {
  name: string;
  password: string;
  administrator?: boolean;
  writes?: readonly string[];
}

/** What a queue may hold of undelivered events before publishers of it are refused. */
const MAX_QUEUE_BYTES = 1024 * 1024 * 1024;
/** RabbitMQ's own from version 4 on, where what comes back oftener is dropped unless it can be dead-lettered; before, there is no limit. */
const MOST_RETURNS = 20;
/** Nothing would bring a dead letter back. */
const WITHOUT_END = 1_000_000;
const LIVE_QUEUE_EXPIRES_MS = 60_000;
const VHOST = '/';

/**
 * RabbitMQ's definitions: everything that must exist before the first publish. Exchanges and queues carry exactly the arguments
 * that Dapr's component declares them with, because any other keeps the sidecar from starting; limits are policies instead.
 */
export function rabbitDefinitions(queues: readonly QueueDeclaration[], users: readonly BrokerUser[]): Record<string, object[]> {
  const durable = queues.filter((queue) => queue.component !== 'pubsub-live');
  return {
    users: users.map(userDefinition),
    vhosts: [{ name: VHOST }],
    permissions: users.map(({ name }) => ({ user: name, vhost: VHOST, configure: '.*', write: '.*', read: '.*' })),
    topic_permissions: users.filter((user) => user.writes !== undefined).map(topicPermission),
    policies: policies(),
    exchanges: EXCHANGES.map((name) => ({
      name,
      vhost: VHOST,
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    })),
    queues: durable.map(({ queue, singleActiveConsumer }) => ({
      name: queue,
      vhost: VHOST,
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': 'quorum', ...(singleActiveConsumer && { 'x-single-active-consumer': true }) },
    })),
    bindings: durable.flatMap((queue) => queue.routingKeys.map((key) => bindingDefinition(queue, key))),
  };
}

function bindingDefinition({ queue, topic }: QueueDeclaration, routingKey: string): object {
  return { source: topic, vhost: VHOST, destination: queue, destination_type: 'queue', routing_key: routingKey, arguments: {} };
}

function policies(): object[] {
  return [
    {
      name: 'live-queues-expire',
      vhost: VHOST,
      pattern: '^live\\.',
      'apply-to': 'queues',
      priority: 1,
      // A replica that is gone leaves its queue behind; a slow one must not fill the broker with hints.
      definition: { expires: LIVE_QUEUE_EXPIRES_MS, 'max-length': 20_000, overflow: 'drop-head' },
    },
    {
      name: 'work-queues-limit',
      vhost: VHOST,
      pattern: '^(?!live\\.)',
      'apply-to': 'queues',
      priority: 1,
      // Refusing the newest keeps what was acknowledged; the sweep brings the refused ones later.
      // An event that ends whoever takes it comes back to the queue each time: it is set aside, so that those behind it have their turn.
      definition: {
        'max-length-bytes': MAX_QUEUE_BYTES,
        overflow: 'reject-publish',
        'delivery-limit': MOST_RETURNS,
        'dead-letter-exchange': 'dead_letters',
      },
    },
    {
      name: 'dead-letters-stay',
      vhost: VHOST,
      pattern: '\\.dead-letters$',
      'apply-to': 'queues',
      priority: 2,
      definition: { 'max-length-bytes': MAX_QUEUE_BYTES, overflow: 'reject-publish', 'delivery-limit': WITHOUT_END },
    },
  ];
}

function userDefinition({ name, password, administrator = false }: BrokerUser): object {
  const tags = administrator ? ['administrator'] : [];
  return { name, password_hash: passwordHash(password), hashing_algorithm: 'rabbit_password_hashing_sha256', tags };
}

function topicPermission({ name, writes = [] }: BrokerUser): object {
  return { user: name, vhost: VHOST, exchange: 'ecommerce_exchange', write: writePattern(writes), read: '.*' };
}

/** A user writes only its own routing keys; the empty one is that of dead letters. */
export const writePattern = (routingKeys: readonly string[]): string =>
  `^(${routingKeys.map((key) => key.replaceAll('.', '\\.')).join('|')})$`;

/** RabbitMQ's salted SHA-256: four bytes of salt before the digest of salt and password. */
function passwordHash(password: string): string {
  const salt = randomBytes(4);
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}
