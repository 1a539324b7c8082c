import type { TestService } from '@souk/testing';
import { customer, startTestService } from '@souk/testing';
import { eventLog, logEntry } from '../src/events/log.ts';
import { newId } from '../src/index.ts';
import { origin, thingMade, thingService } from './things.ts';

const beginning = new Date(0).toISOString();

describe('what a log answers', () => {
  let service: TestService;
  const ids: string[] = [];
  const ask = (name: string, body: object, app = 'debt') => service.request('POST', `/internal/events/${name}`, { app, body });
  const types = (type = 'order.processing', since = beginning) => [{ type, since }];
  const startMs = Date.now() - 3_600_000;
  const at = (minute: number) => new Date(startMs + minute * 60_000);

  beforeAll(async () => {
    service = await startTestService(thingService());
    for (let position = 1; position <= 6; position += 1) {
      const entry = logEntry(
        thingMade,
        { subject: 's', version: position, data: { name: 'x' } },
        { ...origin, at: at(position), index: 0 },
      );
      const type = position === 6 ? 'order.other' : entry.type;
      ids.push(entry._id);
      await service.db(eventLog).insertOne({ ...entry, type, position });
    }
    const waiting = logEntry(
      thingMade,
      { subject: 's', version: 9, data: { name: 'x' } },
      { ...origin, at: new Date(), index: 0 },
    );
    await service.db(eventLog).insertOne(waiting);
  });
  afterAll(() => service.stop());

  it('counts facts of a type in a range, up to the newest that is old enough', async () => {
    const until = (minute: number) => at(minute).toISOString();
    expect((await ask('digest', { types: types(), after: 0, until: until(60) })).body).toEqual({ count: 5, last: 5 });
    expect((await ask('digest', { types: types(), after: 2, until: until(60) })).body).toEqual({ count: 3, last: 5 });
    expect((await ask('digest', { types: types(), after: 0, until: until(3) })).body).toEqual({ count: 2, last: 2 });
    expect((await ask('digest', { types: types('order.none'), after: 0, until: until(60) })).body).toEqual({ count: 0, last: 0 });
  });

  it('leaves out what came before a type was listened to, each type by itself', async () => {
    const since = at(4).toISOString();
    const both = [...types('order.processing', since), ...types('order.other')];
    const body = { types: both, after: 0, until: at(60).toISOString() };
    expect((await ask('digest', body)).body).toEqual({ count: 3, last: 6 });
    expect((await ask('digest', { ...body, types: types('order.processing', since) })).body).toEqual({ count: 2, last: 5 });
  });

  it('lists ids by position, as many as are asked for', async () => {
    const { body } = await ask('list', { types: types(), after: 1, upTo: 4, limit: 2 });
    expect(body.events).toEqual([
      { id: ids[1], position: 2 },
      { id: ids[2], position: 3 },
    ]);
  });

  it('lists to the end of the range, the end included', async () => {
    const { body } = await ask('list', { types: types(), after: 2, upTo: 4, limit: 10 });
    expect(body.events.map(({ position }: { position: number }) => position)).toEqual([3, 4]);
  });

  it('gives facts by their ids, and nothing for those it does not hold', async () => {
    const { body } = await ask('fetch', { ids: [ids[2], newId(), ids[0]] });
    expect(body.events).toMatchObject([
      { id: ids[0], position: 1, source: '/services/sales', data: { name: 'x' } },
      { id: ids[2], position: 3 },
    ]);
  });

  it('is for services only', async () => {
    for (const name of ['digest', 'list', 'fetch']) {
      expect((await service.request('POST', `/internal/events/${name}`, { as: customer(), body: {} })).status).toBe(404);
      expect((await ask(name, {}, 'gateway')).status).toBe(404);
      expect((await ask(name, {})).status).toBe(422);
    }
  });
});
