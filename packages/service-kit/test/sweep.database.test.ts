import type { Envelope } from '@souk/contracts';
import { companyCreated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { envelopeFor, startTestService } from '@souk/testing';
import { seenEvents } from '../src/events/inbox.ts';
import { subscriptionStarts, sweepCursors } from '../src/events/sweep.store.ts';
import { digestOf, fetchFrom, listOf, Sweep } from '../src/events/sweep.ts';
import { on } from '../src/subscription.ts';
import { thingService } from './things.ts';
import { empty } from './world.ts';

const subscriptions = [on(companyCreated, async () => undefined)];

describe('a sweep', () => {
  let service: TestService;
  /** What the producer's log holds. */
  let log: Envelope[] = [];
  let fails: string | undefined;
  let mostFetched = 200;
  let asked: string[] = [];
  const event = (position: number) => envelopeFor(companyCreated, companyCreated.example, { position });
  const sweep = () => {
    const { database, invoke, metrics, log: logger } = service.running.runtime;
    return new Sweep({
      service: 'sales',
      subscriptions,
      database,
      invoke,
      apply: async (each) => {
        if (each.id === fails) throw new Error('cannot be applied');
        return service.running.deliveries.delivery.apply(each);
      },
      metrics,
      log: logger,
      everyMs: 3_600_000,
      ageMs: 0,
    });
  };
  const cursor = async () => (await service.db(sweepCursors).findOne({ _id: 'company' }))?.position;

  beforeAll(async () => {
    service = await startTestService(thingService({ subscriptions }), { env: { LOG_LEVEL: 'fatal' } });
    const answers = service.sidecar;
    answers.answer(digestOf('company'), ({ body }) => {
      asked.push('digest');
      const held = log.filter(({ position }) => position > body.after);
      return { count: held.length, last: held.at(-1)?.position ?? 0 };
    });
    answers.answer(listOf('company'), ({ body }) => {
      asked.push('list');
      const held = log.filter(({ position }) => position > body.after && position <= body.upTo).slice(0, body.limit);
      return { events: held.map(({ id, position }) => ({ id, position })) };
    });
    answers.answer(fetchFrom('company'), ({ body }) => {
      asked.push('fetch');
      return { events: log.filter(({ id }) => body.ids.includes(id)).slice(0, mostFetched) };
    });
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    await empty(service.running.runtime.database, seenEvents, sweepCursors);
    log = [1, 2, 3].map(event);
    fails = undefined;
    asked = [];
  });

  it('brings what delivery lost, once, and asks counts only from there', async () => {
    await service.deliverEnvelope(log[0] as Envelope);
    const one = sweep();
    expect(await one.sweepOnce()).toBe(2);
    expect(await service.db(seenEvents).count({})).toBe(3);
    expect(await cursor()).toBe(3);
    log.push(event(4));
    await service.deliverEnvelope(log[3] as Envelope);
    asked = [];
    expect(await one.sweepOnce()).toBe(0);
    expect(asked).toEqual(['digest']);
    expect(await cursor()).toBe(4);
  });

  it('finds by the day what hides below its place', async () => {
    await sweep().sweepOnce();
    const hidden = event(2);
    log.splice(2, 0, hidden);
    expect(await sweep().sweepOnce()).toBe(1);
    expect(await service.db(seenEvents).findOne({ _id: hidden.id })).toBeTruthy();
  });

  it('does not move on from what could not be applied', async () => {
    fails = log[1]?.id;
    expect(await sweep().sweepOnce()).toBe(0);
    expect(await cursor()).toBeUndefined();
    fails = undefined;
    expect(await sweep().sweepOnce()).toBe(2);
    expect(await service.db(seenEvents).count({})).toBe(3);
    expect(await cursor()).toBe(3);
  });

  it('asks for the rest when an answer is cut short', async () => {
    mostFetched = 2;
    expect(await sweep().sweepOnce()).toBe(3);
    mostFetched = 200;
    expect(await service.db(seenEvents).count({})).toBe(3);
    expect(asked).toEqual(['digest', 'list', 'fetch', 'fetch', 'digest', 'list']);
  });

  it('does not move on when it is stopped half-way', async () => {
    const one = sweep();
    const done = one.sweepOnce();
    await one.stop();
    await done;
    expect(await cursor()).toBeUndefined();
  });

  it('takes a producer that does not answer for what it is, and goes on later', async () => {
    service.sidecar.answer(digestOf('company'), () => {
      throw Object.assign(new Error('down'), { status: 503 });
    });
    expect(await sweep().sweepOnce()).toBe(0);
    expect(await cursor()).toBeUndefined();
  });

  it('notes since when a type is listened to, once', async () => {
    const first = await service.db(subscriptionStarts).findOne({ _id: 'company.created' });
    const one = sweep();
    await one.start();
    await one.stop();
    expect(await service.db(subscriptionStarts).findOne({ _id: 'company.created' })).toEqual(first);
  });
});
