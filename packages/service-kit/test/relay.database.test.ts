import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { counters, eventLog, logEntry } from '../src/events/log.ts';
import { Relay } from '../src/events/relay.ts';
import { origin, thingMade, thingService } from './things.ts';
import { empty } from './world.ts';

describe('the relay', () => {
  let service: TestService;
  let published: Envelope[] = [];
  let isDown = false;
  const relays: Relay[] = [];
  const relay = () => {
    const { database, metrics, log } = service.running.runtime;
    const publish = async (_component: string, _topic: string, envelopes: readonly Envelope[]) => {
      if (isDown) throw new Error('the broker is down');
      published.push(...envelopes);
    };
    const made = new Relay({ service: 'sales', database, publish, metrics, log });
    relays.push(made);
    return made;
  };
  /** Logs facts as a commit does. */
  const logged = async (count: number, at = new Date()) => {
    const entries = Array.from({ length: count }, (_, index) =>
      logEntry(thingMade, { subject: 's', version: index + 1, data: { name: String(index) } }, { ...origin, at, index: 0 }),
    );
    await service.db(eventLog).insertMany(entries);
    return entries;
  };
  const unsent = () => service.db(eventLog).count({ unsent: true });
  const positions = () => published.map(({ position }) => position);

  beforeAll(async () => {
    service = await startTestService(thingService(), { env: { LOG_LEVEL: 'fatal' } });
    // The service's own would look for what the test's are to find.
    await service.running.runtime.relay.stop(10);
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    published = [];
    isDown = false;
    await empty(service.running.runtime.database, eventLog, counters);
  });
  afterEach(() => Promise.all(relays.splice(0).map((each) => each.stop(100))));

  it('gives each fact its position, growing, in the log and on the wire', async () => {
    const one = relay();
    const entries = await logged(250);
    one.wake(entries);
    await one.idle();
    expect(positions()).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    expect(published.map(({ id }) => id)).toEqual(entries.map(({ _id }) => _id));
    const stored = await service.db(eventLog).find({}, { sort: { position: 1 } });
    expect(stored.map(({ _id, position, unsent }) => [_id, position, unsent])).toEqual(
      entries.map(({ _id }, index) => [_id, index + 1, undefined]),
    );
  });

  it('waits out a broker that is down, and says so meanwhile', async () => {
    isDown = true;
    const one = relay();
    one.wake(await logged(1));
    await eventually(() => expect(one.isFailing).toBe(true));
    isDown = false;
    await one.idle();
    expect(published).toHaveLength(1);
    expect(one.isFailing).toBe(false);
  });

  it('publishes its last ones again after a failure, because the broker may have lost them', async () => {
    const one = relay();
    const before = await logged(2);
    one.wake(before);
    await one.idle();
    isDown = true;
    published = [];
    const after = await logged(1);
    one.wake(after);
    await eventually(() => expect(one.isFailing).toBe(true));
    isDown = false;
    await one.idle();
    expect(published.map(({ id }) => id)).toEqual([...before, ...after].map(({ _id }) => _id));
    expect(positions()).toEqual([1, 2, 3]);
  });

  it('takes over what a dead replica left, once, though two look for it', async () => {
    const left = await logged(3, new Date(Date.now() - 6_000));
    const fresh = await logged(1, new Date(Date.now() + 60_000));
    const [one, two] = [relay(), relay()];
    await Promise.all([one.start(), two.start()]);
    await eventually(() => expect(published).toHaveLength(3), { withinMs: 9_000 });
    await Promise.all([one.stop(1_000), two.stop(1_000)]);
    expect(new Set(published.map(({ id }) => id))).toEqual(new Set(left.map(({ _id }) => _id)));
    expect(positions().sort()).toEqual([...new Set(positions())].sort());
    expect(published.some(({ id }) => id === fresh[0]?._id)).toBe(false);
  }, 15_000);

  it('begins with what may have got a position and no publish, not with old facts', async () => {
    const [old] = await logged(1, new Date(Date.now() - 60_000));
    const [recent] = await logged(1);
    await service.db(eventLog).updateOne({ _id: old?._id }, { $set: { position: 1 }, $unset: { unsent: '' } });
    await service.db(eventLog).updateOne({ _id: recent?._id }, { $set: { position: 2 }, $unset: { unsent: '' } });
    await relay().start();
    await eventually(() => expect(published.map(({ id }) => id)).toEqual([recent?._id]));
  });

  it('leaves what it cannot publish in the log when it is stopped', async () => {
    const one = relay();
    isDown = true;
    one.wake(await logged(1));
    await eventually(() => expect(one.isFailing).toBe(true));
    await one.stop(10);
    one.wake(await logged(1));
    isDown = false;
    await sleep(250);
    expect(published).toEqual([]);
    expect(await unsent()).toBe(1);
  });

  it('is woken by every commit, also one that comes as it ends', async () => {
    const one = relay();
    const entries = await logged(40);
    for (const [hops, entry] of entries.entries()) {
      one.wake([entry]);
      const ended = one.idle();
      await ended;
      for (let hop = 0; hop < hops % 8; hop += 1) await undefined;
    }
    await one.idle();
    expect(positions()).toHaveLength(40);
  });
});
