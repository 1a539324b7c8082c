/** What the toy application subscribes to, in the way that the kit does. */
export const SUBSCRIPTION = {
  pubsubname: 'pubsub',
  topic: 'ecommerce_exchange',
  routes: { default: '/events' },
  metadata: { queueName: 'contract.events', routingKey: 'product.created', queueType: 'quorum' },
  bulkSubscribe: { enabled: true, maxMessagesCount: 100, maxAwaitDurationMs: 20 },
} as const;

export const TOY_PATHS = { seen: '/seen' } as const;

/** The variable that makes a toy subscribe: two that did would share the queue. */
export const LISTENS = 'SOUK_TOY_LISTENS';
