import { join } from 'node:path';
import type { System } from '../../../scripts/system/index.ts';
import { startSystem } from '../../../scripts/system/index.ts';
import { LISTENS, SUBSCRIPTION } from './toy.ts';

/** The application whose sidecar is asked: the one that may use the state store. */
export const CALLER = 'ecommerce';
/** The application that is called, and that listens. */
export const CALLEE = 'sales';

/** Toys beside real sidecars, with the broker and the database they need; `more` are services as they are. */
export function startToySystem(dir: string, more: readonly string[] = []): Promise<System> {
  const toy = join(import.meta.dirname, 'toy-app.ts');
  const { queueName: queue, routingKey } = SUBSCRIPTION.metadata;
  const subscribed = { component: 'pubsub', topic: 'ecommerce_exchange', singleActiveConsumer: false } as const;
  return startSystem({
    ...{ dir, ports: 'free', only: [CALLER, CALLEE, ...more] },
    mains: { [CALLER]: toy, [CALLEE]: toy },
    env: { [CALLEE]: { [LISTENS]: 'true' } },
    queues: [{ ...subscribed, service: CALLEE, queue, routingKeys: [routingKey] }],
  });
}
