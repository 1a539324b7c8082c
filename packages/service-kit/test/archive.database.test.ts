import { randomBytes } from 'node:crypto';
import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import { archiveLog, eventSegments } from '../src/events/archive.ts';
import type { LoggedEvent } from '../src/events/log.ts';
import { eventLog, logEntry } from '../src/events/log.ts';
import { newId, readLog } from '../src/index.ts';
import { leases } from '../src/jobs.ts';
import { origin, thingMade, thingService } from './things.ts';
import { empty } from './world.ts';

const DAY_MS = 24 * 3600_000;

describe('the archive of a log', () => {
  let service: TestService;
  const database = () => service.running.runtime.database;
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

  const factOf = (position: number, days: number, said: Partial<LoggedEvent> = {}): LoggedEvent => {
    const publication = { subject: newId(), version: 1, companyId: 'c1', data: { name: `fact ${position}` } };
    const { unsent: _, ...entry } = logEntry(thingMade, publication, { ...origin, at: daysAgo(days), index: 0 });
    return { ...entry, position, ...said };
  };
  const facts = (from: number, to: number, days: number): LoggedEvent[] =>
    Array.from({ length: to - from + 1 }, (_, index) => factOf(from + index, days));
  const log = (...events: LoggedEvent[]) => service.db(eventLog).insertMany(events);
  const archive = () => service.running.jobs.runNow(archiveLog);
  const segments = () => service.db(eventSegments).find({}, { sort: { first: 1 } });
  const left = async () => (await service.db(eventLog).find({}, { sort: { position: 1 } })).map(({ position }) => position);

  const ask = async (name: string, body: object) =>
    (await service.request('POST', `/internal/events/${name}`, { app: 'debt', body })).body.events;
  const page = (after: number, types: readonly string[] = [thingMade.type]) =>
    readLog(service.running.runtime.invoke, { producer: 'sales', types, after });
  async function replay(): Promise<number[]> {
    const positions: number[] = [];
    for (let events = await page(0); events.length > 0; events = await page(positions.at(-1) ?? 0))
      positions.push(...events.map(({ position }) => position));
    return positions;
  }

  beforeAll(async () => {
    service = await startTestService(thingService(), { env: { LOG_LEVEL: 'fatal' } });
    // It runs when a test says so.
    await service.running.jobs.stop();
    service.sidecar.onInvoke('sales', async ({ method, path, body }) => {
      const answer = await service.request(method, path, { app: 'analytics', body });
      return { status: answer.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer.body) };
    });
  });
  beforeEach(() => empty(database(), eventLog, eventSegments));
  afterAll(() => service.stop());

  it('takes what is older than 30 days and has a position, and leaves the rest', async () => {
    const { position: _, ...unsent } = factOf(0, 60, { unsent: true });
    await log(factOf(1, 40), factOf(2, 31), factOf(3, 29), factOf(4, 1), unsent);
    await archive();
    expect(await left()).toEqual([undefined, 3, 4]);
    expect(await segments()).toMatchObject([{ _id: '1', first: 1, last: 2, count: 2, types: [thingMade.type] }]);
  });

  it('gives back exactly what it took', async () => {
    const old = [...facts(1, 5, 40), factOf(6, 40, { changes: [{ field: 'name', before: 'é', after: null }] })];
    await log(...old);
    const ids = old.map(({ _id }) => _id);
    const before = await ask('fetch', { ids });
    await archive();
    expect(await left()).toEqual([]);
    expect(await ask('fetch', { ids })).toEqual(before);
    expect(before).toHaveLength(6);
  });

  it('is small pieces of at most 1,000 facts and 2 MiB, in the sequence of the log', async () => {
    const large = { name: randomBytes(600_000).toString('hex') };
    await log(...facts(1, 1_001, 50), factOf(1_002, 45, { data: large }), factOf(1_003, 45, { data: large }));
    await archive();
    expect((await segments()).map(({ first, last, count }) => [first, last, count])).toEqual([
      [1, 1_000, 1_000],
      [1_001, 1_002, 2],
      [1_003, 1_003, 1],
    ]);
  });

  it('is read by a replay, across its border with the log, each fact once and in sequence', async () => {
    await log(...facts(1, 1_250, 40), ...facts(1_251, 1_500, 5));
    await archive();
    expect(await left()).toHaveLength(250);
    expect(await replay()).toEqual(Array.from({ length: 1_500 }, (_, index) => index + 1));
  });

  it('is read whole, each fact once, when facts move into it between the two reads of an answer', async () => {
    await log(...facts(1, 5, 40));
    let isFirst = true;
    for (const name of ['events', 'event_segments']) {
      const collection = database().driver.collection(name, 'system: a consumer compares its inbox with our log');
      const { find } = collection;
      collection.find = async function* (...asked) {
        const isMine = isFirst;
        isFirst = false;
        yield* find(...asked);
        if (isMine) await archive();
        collection.find = find;
      };
    }
    expect((await page(0)).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(await left()).toEqual([]);
  });

  it('is read by types, and not by who asks for a later time', async () => {
    await log(factOf(1, 40), factOf(2, 40, { type: 'order.other' }), factOf(3, 35), factOf(4, 2));
    await archive();
    expect((await page(0, ['order.other'])).map(({ position }) => position)).toEqual([2]);
    const range = { after: 0, upTo: 4, limit: 10 };
    const since = (days: number) => [{ type: thingMade.type, since: daysAgo(days).toISOString() }];
    const positions = async (body: object) => (await ask('list', body)).map(({ position }) => position);
    expect(await positions({ ...range, types: since(50) })).toEqual([1, 3, 4]);
    expect(await positions({ ...range, types: since(38) })).toEqual([3, 4]);
    expect(await positions({ ...range, types: since(50), after: 1, upTo: 3 })).toEqual([3]);
  });

  it('answers no more than a sidecar lets through, and a replay goes on from there', async () => {
    const large = () => ({ name: randomBytes(500_000).toString('hex') });
    await log(...[1, 2, 3, 4, 5, 6].map((position) => factOf(position, position > 4 ? 1 : 40, { data: large() })));
    await archive();
    const ids = (
      await ask('list', { types: [{ type: thingMade.type, since: daysAgo(50).toISOString() }], after: 0, upTo: 9, limit: 9 })
    ).map(({ id }: { id: string }) => id);
    const first = await ask('fetch', { ids });
    expect(first.map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(await replay()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('loses nothing and doubles nothing when the job is cut off: a segment and its facts change place together', async () => {
    await log(...facts(1, 1_200, 40));
    const { driver } = database();
    const { transaction } = driver;
    let commits = 0;
    const dying: typeof transaction = (work) => {
      if (commits > 0)
        return transaction(async (session) => {
          await work(session);
          throw new Error('the process dies before its commit');
        });
      commits += 1;
      return transaction(work);
    };
    Object.assign(driver, { transaction: dying });
    await expect(archive()).rejects.toThrow('dies');
    Object.assign(driver, { transaction });
    expect((await segments()).map(({ count }) => count)).toEqual([1_000]);
    expect(await left()).toHaveLength(200);
    expect(await replay()).toHaveLength(1_200);
    await archive();
    expect(await left()).toEqual([]);
    expect(await replay()).toHaveLength(1_200);
  });

  it('is not written by a run that has lost its lease', async () => {
    await log(factOf(1, 40));
    const { driver } = database();
    const { transaction } = driver;
    const overtaken: typeof transaction = async (work) => {
      await service.db(leases).updateOne({ _id: `job:${archiveLog.name}` }, { $inc: { token: 1 } });
      return transaction(work);
    };
    Object.assign(driver, { transaction: overtaken });
    await expect(archive()).rejects.toThrow('no longer held');
    Object.assign(driver, { transaction });
    expect([await left(), await segments()]).toEqual([[1], []]);
  });

  it('says so when a segment is not as it was written, instead of leaving its facts out', async () => {
    await log(...facts(1, 3, 40));
    const [{ _id: id = '' } = {}] = await service.db(eventLog).find({});
    await archive();
    await service.db(eventSegments).updateOne({ _id: '1' }, { $set: { sha256: 'another' } });
    const answer = await service.request('POST', '/internal/events/fetch', { app: 'debt', body: { ids: [id] } });
    expect(answer.status).toBe(500);
    await expect(page(0)).rejects.toThrow();
  });
});
