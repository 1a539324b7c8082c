import { defineEvent } from '@souk/contracts';
import { defineConfig, defineService } from '../src/index.ts';
import { on, onEveryReplica } from '../src/subscription.ts';
import { thingMade, things } from './things.ts';

const other = defineEvent({ ...thingMade, type: 'company.created', producer: 'company' });
const base = { name: 'sales' as const, purpose: 'x', port: 8005, config: defineConfig({}), endpoints: [] };
const ignore = async () => undefined;

test('a service without subscriptions has no queue', () => {
  expect(defineService(base)).toMatchObject({ queues: [], subscriptions: [], jobs: [], database: 'salesdb' });
});

test('its types share one queue; what every replica is told has none', () => {
  const { queues } = defineService({
    ...base,
    subscriptions: [on(thingMade, ignore), on(other, ignore), onEveryReplica(other, ignore)],
  });
  expect(queues).toEqual([
    {
      queue: 'sales.events',
      component: 'pubsub',
      topic: 'ecommerce_exchange',
      routingKeys: ['company.created', 'order.processing'],
      singleActiveConsumer: false,
    },
  ]);
});

test('a second queue has a component of its own, because Dapr keeps one subscription of each', () => {
  const { queues } = defineService({
    ...base,
    queue: 'order.events',
    subscriptions: [on(thingMade, ignore), on(other, ignore, { queue: 'user.events' })],
  });
  expect(queues.map(({ queue, component }) => [queue, component])).toEqual([
    ['order.events', 'pubsub'],
    ['user.events', 'pubsub-users'],
  ]);
});

test('a pattern binds the main queue only', () => {
  const subscriptions = [on(thingMade, ignore), on(other, ignore, { queue: 'user.events' })];
  const { queues } = defineService({ ...base, routingKeys: ['#'], subscriptions });
  expect(queues.map(({ routingKeys }) => routingKeys)).toEqual([['#'], ['company.created']]);
});

test('the main queue alone may have one consumer at a time', () => {
  const subscriptions = [on(thingMade, ignore), on(other, ignore, { queue: 'user.events' })];
  const { queues } = defineService({ ...base, singleActiveConsumer: true, subscriptions });
  expect(queues.map(({ singleActiveConsumer }) => singleActiveConsumer)).toEqual([true, false]);
});

test('who keeps dead letters has a queue for them', () => {
  const { queues } = defineService({ ...base, onDeadLetter: ignore });
  expect(queues).toEqual([
    { queue: 'sales.dead-letters', component: 'pubsub', topic: 'dead_letters', routingKeys: ['#'], singleActiveConsumer: false },
  ]);
});

test('the kit’s own stores come with the service’s', () => {
  const names = defineService({ ...base, stores: [things] }).stores.map(({ name }) => name);
  for (const name of ['things', 'events', 'seen', 'memos', 'answers', 'leases', 'migrations', 'counters', 'sweep_cursors'])
    expect(names).toContain(name);
});
