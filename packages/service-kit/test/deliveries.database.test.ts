import { companyCreated, companyDeleted } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { envelopeFor, startTestService } from '@souk/testing';
import type { DeadLetter } from '../src/index.ts';
import { on, onEveryReplica } from '../src/index.ts';
import { thingService } from './things.ts';

let letters: DeadLetter[] = [];
let isFull = false;

describe('what a sidecar is told to deliver', () => {
  let service: TestService;
  const deliveries = () => service.running.deliveries;
  const hand = (...events: unknown[]) =>
    deliveries().routes.get('/events/sales.dead-letters')?.({
      entries: events.map((event, index) => ({ entryId: String(index), event })),
    });

  beforeAll(async () => {
    const ignore = async () => undefined;
    service = await startTestService(
      thingService({
        queue: 'order.events',
        subscriptions: [
          on(companyCreated, ignore),
          on(companyDeleted, ignore, { queue: 'user.events' }),
          onEveryReplica(companyDeleted, ignore),
        ],
        onDeadLetter: async (letter) => {
          if (isFull) throw new Error('full');
          letters.push(letter);
        },
      }),
      { env: { INSTANCE: 'r1', LOG_LEVEL: 'fatal' } },
    );
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    letters = [];
    isFull = false;
  });

  it('is one subscription for each queue, in bulk, with its dead letters', () => {
    const [orders, users, dead, live] = deliveries().subscriptions;
    const quorum = { queueType: 'quorum' };
    expect(orders).toMatchObject({
      pubsubname: 'pubsub',
      topic: 'ecommerce_exchange',
      deadLetterTopic: 'dead_letters',
      routes: { default: '/events/order.events' },
      metadata: { ...quorum, queueName: 'order.events', routingKey: 'company.created' },
      bulkSubscribe: { enabled: true },
    });
    expect(users).toMatchObject({ pubsubname: 'pubsub-users', metadata: { ...quorum, queueName: 'user.events' } });
    expect(dead).toMatchObject({ topic: 'dead_letters', metadata: { ...quorum, routingKey: '#' } });
    expect(dead).not.toHaveProperty('deadLetterTopic');
    expect(live).toMatchObject({ pubsubname: 'pubsub-live', metadata: { queueType: 'classic', queueName: 'live.sales.r1' } });
  });

  it('has a route for each subscription', () => {
    expect([...deliveries().routes.keys()]).toEqual([
      '/events/order.events',
      '/events/user.events',
      '/events/sales.dead-letters',
      '/events/live',
    ]);
  });

  it('hands a dead letter on with who set it aside and why', async () => {
    const event = envelopeFor(companyCreated, companyCreated.example);
    await service.deliverEnvelope({ ...event, data: {} });
    const [letter] = service.deadLetters;
    expect(await hand(letter)).toEqual({ statuses: [{ entryId: '0', status: 'SUCCESS' }] });
    expect(letters).toMatchObject([{ event: { id: event.id }, consumer: 'sales', reason: expect.stringContaining('data:') }]);
  });

  it('takes what a sidecar gave up on itself, and whatever else comes', async () => {
    const event = envelopeFor(companyCreated, companyCreated.example);
    await hand(event, 'nonsense', null);
    expect(letters.map(({ consumer }) => consumer)).toEqual([undefined, undefined, undefined]);
    expect(letters.map((letter) => letter.event)).toEqual([event, 'nonsense', null]);
  });

  it('asks for a dead letter again when it could not be kept', async () => {
    isFull = true;
    expect(await hand('x')).toEqual({ statuses: [{ entryId: '0', status: 'RETRY' }] });
  });
});
