import { companyDeleted } from '@souk/contracts';
import { backgroundContext, newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { envelopeFor } from '@souk/testing';
import { isGone, offboardings, purgeAgain } from '../src/index.ts';
import { goods, labels, ledger, people, settings } from './shopkeeping.store.ts';
import type { Diary } from './shopkeeping.ts';
import { startShopkeeping } from './shopkeeping.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** More than two turns of the purge. */
const MANY = 2_500;
const PURGE = 'purge-deleted-companies';
const CLOSE = 'close-deleted-companies';

const diary: Diary = { closed: [], left: [], failsAt: 'nothing' };
let app: TestService;
let [companyId, other] = ['', ''];
beforeAll(async () => {
  app = await startShopkeeping(diary);
});
beforeEach(async () => {
  Object.assign(diary, { closed: [], left: [], failsAt: 'nothing' });
  await app.db(offboardings).deleteMany({});
  [companyId, other] = [newId(), newId()];
  for (const id of [companyId, other]) await furnish(id);
});
afterAll(() => app.stop());

const some = (of: string, count: number, moved = 1) =>
  Array.from({ length: count }, () => ({ _id: newId(), companyId: of, moved }));

async function furnish(id: string): Promise<void> {
  await app.db(settings).insertOne({ _id: id });
  await app.db(goods).insertMany(some(id, id === companyId ? MANY : 2));
  await app.db(labels).insertMany(some(id, 2));
  await app.db(people).insertMany(some(id, 3));
  await app.db(ledger).insertMany([...some(id, 2), ...some(id, 1, 0)]);
}

const background = () => backgroundContext(app.running.runtime, 'a test');
const now = () => app.running.runtime.now();
const inDays = (days: number) => new Date(now().getTime() + days * DAY_MS).toISOString();
const removed = (id = companyId, purgeAt = inDays(30)) =>
  envelopeFor(companyDeleted, { companyId: id, purgeAt, at: now().toISOString() });
const remove = () => app.deliverEnvelope(removed());
const known = () => app.db(offboardings).findOne({ _id: companyId });
const isLeft = async (id: string) => ({
  settings: await app.db(settings).count({ _id: id }),
  goods: await app.db(goods).count({ companyId: id }),
  labels: await app.db(labels).count({ companyId: id }),
  people: await app.db(people).count({ companyId: id }),
  ledger: await app.db(ledger).count({ companyId: id }),
});
const ALL = { settings: 1, goods: 2, labels: 2, people: 3, ledger: 3 };
const BOOKS = { settings: 0, goods: 0, labels: 0, people: 0, ledger: 2 };

describe('a company that is due', () => {
  test('is removed from every store to its last document, but for its books, and no other loses anything', async () => {
    expect(await remove()).toBe('SUCCESS');
    app.advance(29 * DAY_MS);
    await app.runJob(PURGE);
    expect(await isLeft(companyId)).toEqual({ ...ALL, goods: MANY });
    app.advance(2 * DAY_MS);
    await app.runJob(PURGE);
    expect(await isLeft(companyId)).toEqual(BOOKS);
    expect(diary.left).toHaveLength(3);
    expect(await isLeft(other)).toEqual(ALL);
    expect(await known()).toMatchObject({ purgedAt: expect.any(Date) });
  });

  test('is gone on with after a failure, and another one does not wait for it', async () => {
    await remove();
    await app.deliverEnvelope(removed(other));
    app.advance(31 * DAY_MS);
    diary.failsAt = 'people';
    await app.runJob(PURGE);
    expect(await isLeft(companyId)).toEqual({ ...ALL, labels: 0, goods: MANY });
    expect(await isLeft(other)).toEqual({ ...ALL, labels: 0 });
    expect(await known()).not.toHaveProperty('purgedAt');
    diary.failsAt = 'nothing';
    await app.runJob(PURGE);
    expect([await isLeft(companyId), await isLeft(other)]).toEqual([BOOKS, BOOKS]);
  });

  test('is purged once, until it is time to look for what came late', async () => {
    await remove();
    app.advance(31 * DAY_MS);
    await app.runJob(PURGE);
    await app.db(goods).insertMany(some(companyId, 1));
    await app.runJob(PURGE);
    expect(await app.db(goods).count({ companyId })).toBe(1);
    app.advance(32 * DAY_MS);
    await app.runJob(PURGE);
    expect(await isLeft(companyId)).toEqual(BOOKS);
  });

  test('is purged again when its things may have come back, and one that is not due is not', async () => {
    await remove();
    app.advance(31 * DAY_MS);
    await app.runJob(PURGE);
    await app.deliverEnvelope(removed(other));
    await app.db(goods).insertMany(some(companyId, 1));
    await background().transaction((tx) => purgeAgain(tx, now()));
    await app.runJob(PURGE);
    expect(await isLeft(companyId)).toEqual(BOOKS);
    expect(await isLeft(other)).toEqual(ALL);
  });
});

describe('the deletion', () => {
  test('is kept once, whatever else is told of it', async () => {
    const first = removed();
    await app.deliverAll([first, first]);
    await app.deliverEnvelope(removed(companyId, inDays(1)));
    expect(await known()).toMatchObject({ deletedAt: new Date(first.data.at), purgeAt: new Date(first.data.purgeAt) });
    expect([await isGone(background(), companyId), await isGone(background(), other)]).toEqual([true, false]);
  });

  test('closes what is open in the company alone, and again ever less often until the purge', async () => {
    await app.db(goods).insertMany([...some(companyId, 1, -1), ...some(other, 1, -1)]);
    await remove();
    expect(diary.closed).toMatchObject([{ companyId, sequence: expect.any(Number), deletedAt: expect.any(Date) }]);
    expect(await app.db(goods).find({ moved: { $lt: 0 } })).toMatchObject([{ companyId: other }]);
    await app.runJob(CLOSE);
    expect(diary.closed).toHaveLength(1);
    for (const minutes of [1, 1.5, 3, 6]) {
      app.advance(minutes * MINUTE_MS);
      await app.runJob(CLOSE);
    }
    expect(diary.closed).toHaveLength(5);
    app.advance(MINUTE_MS);
    await app.runJob(CLOSE);
    expect(diary.closed).toHaveLength(5);
    app.advance(29.9 * DAY_MS);
    await app.runJob(CLOSE);
    expect(await known()).not.toHaveProperty('closeAt');
  });

  test('is closed by the job where that failed at first, and counts as heard', async () => {
    diary.failsAt = 'closing';
    expect(await remove()).toBe('SUCCESS');
    app.advance(MINUTE_MS);
    await app.runJob(CLOSE);
    expect(diary.closed).toEqual([]);
    diary.failsAt = 'nothing';
    await app.runJob(CLOSE);
    expect(diary.closed).toMatchObject([{ companyId }]);
    expect(app.deadLetters).toEqual([]);
  });
});
