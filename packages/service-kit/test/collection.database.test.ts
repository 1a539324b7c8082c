import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
import type { Scope } from '../src/index.ts';
import { ofCompany, ScopeError, system } from '../src/index.ts';
import type { Thing } from './things.ts';
import { thing, thingService, things } from './things.ts';
import { empty } from './world.ts';

describe('a collection under a scope', () => {
  let service: TestService;
  const scoped = (scope: Scope) => service.running.runtime.database.in(things, scope);
  const mine = () => scoped(ofCompany('c1'));
  const all = () => scoped(system('a test'));
  const ids = (found: Thing[]) => found.map(({ _id }) => _id).sort();

  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    await empty(service.running.runtime.database, things);
    await all().insertMany([
      thing({ _id: 'a', shopId: 's1', customerId: 'u1', count: 1 }),
      thing({ _id: 'b', shopId: 's2', status: 'draft', count: 2 }),
      thing({ _id: 'x', companyId: 'c2', shopId: 's1', customerId: 'u1', count: 4 }),
    ]);
  });

  it('finds, counts and streams only what is inside', async () => {
    expect(ids(await mine().find({}))).toEqual(['a', 'b']);
    expect(ids(await mine().find({ companyId: 'c2' }))).toEqual([]);
    expect(ids(await mine().find({ $or: [{ companyId: 'c2' }, { _id: 'a' }] }))).toEqual(['a']);
    expect(await mine().findOne({ _id: 'x' })).toBeNull();
    expect([await mine().count({}), await all().count({}), await all().count({}, 2)]).toEqual([2, 3, 2]);
    const streamed: string[] = [];
    for await (const { _id } of mine().stream({}, { sort: { _id: -1 } })) streamed.push(_id);
    expect(streamed).toEqual(['b', 'a']);
  });

  it('is as narrow as each kind of scope', async () => {
    expect(ids(await scoped({ kind: 'shops', companyId: 'c1', shopIds: ['s1'] }).find({}))).toEqual(['a']);
    expect(ids(await scoped({ kind: 'shops', companyId: 'c1', shopIds: [] }).find({}))).toEqual([]);
    expect(ids(await scoped({ kind: 'own', userId: 'u1' }).find({}))).toEqual(['a', 'x']);
    expect(ids(await scoped({ kind: 'public' }).find({ status: 'draft' }))).toEqual([]);
  });

  it('changes and removes only what is inside', async () => {
    expect(await mine().updateMany({}, { $inc: { count: 10 } })).toMatchObject({ matched: 2, modified: 2 });
    expect(await mine().updateOne({ _id: 'x' }, { $set: { count: 0 } })).toMatchObject({ matched: 0 });
    expect(await mine().findOneAndUpdate({ _id: 'x' }, { $set: { count: 0 } })).toBeNull();
    expect(await mine().findOneAndUpdate({ _id: 'a' }, { $inc: { count: 1 } })).toMatchObject({ count: 12 });
    expect([await mine().deleteOne({ _id: 'x' }), await mine().deleteMany({})]).toEqual([0, 2]);
    expect(await all().find({})).toMatchObject([{ _id: 'x', count: 4 }]);
  });

  it('writes several only inside', async () => {
    const done = await mine().bulkWrite([
      { updateOne: { filter: { _id: 'a' }, update: { $inc: { count: 1 } } } },
      { updateOne: { filter: { _id: 'x' }, update: { $inc: { count: 1 } } } },
      { deleteOne: { filter: { _id: 'x' } } },
      { insertOne: { document: thing({ _id: 'c' }) } },
    ]);
    expect(done).toEqual({ modified: 1, inserted: 1 });
    expect(await all().findOne({ _id: 'x' })).toMatchObject({ count: 4 });
    expect(await mine().bulkWrite([])).toEqual({ modified: 0, inserted: 0 });
  });

  it.each<[string, (collection: ReturnType<typeof mine>) => Promise<unknown>]>([
    ['an insert', (collection) => collection.insertOne(thing({ companyId: 'c2' }))],
    ['one insert of many', (collection) => collection.insertMany([thing(), thing({ companyId: 'c2' })])],
    ['an insert in bulk', (collection) => collection.bulkWrite([{ insertOne: { document: thing({ companyId: 'c2' }) } }])],
    ['an update', (collection) => collection.updateOne({ _id: 'a' }, { $set: { companyId: 'c2' } })],
    ['an update of many', (collection) => collection.updateMany({}, { $rename: { name: 'companyId' } })],
    ['an update by a pipeline', (collection) => collection.findOneAndUpdate({ _id: 'a' }, [{ $set: { companyId: 'c2' } }])],
    [
      'an update in bulk',
      (collection) => collection.bulkWrite([{ updateOne: { filter: { _id: 'a' }, update: { $set: { shopId: 's9' } } } }]),
    ],
    [
      'what an upsert would make',
      (collection) => collection.updateOne({ _id: 'new' }, { $setOnInsert: { companyId: 'c2' } }, { upsert: true }),
    ],
  ])('refuses %s that would leave it, and writes nothing', async (_name, write) => {
    await expect(Promise.resolve().then(() => write(mine()))).rejects.toThrow(ScopeError);
    expect(await all().count({})).toBe(3);
    expect(await all().count({ companyId: 'c1' })).toBe(2);
  });

  it('makes what it upserts inside', async () => {
    expect(await mine().updateOne({ _id: 'new' }, { $set: { name: 'n' } }, { upsert: true })).toMatchObject({ upserted: true });
    expect(await all().findOne({ _id: 'new' })).toMatchObject({ companyId: 'c1', name: 'n' });
  });

  it('does not take another company’s document over by an upsert', async () => {
    const error = await mine()
      .updateOne({ _id: 'x' }, { $set: { count: 9 } }, { upsert: true })
      .catch((thrown) => thrown);
    expect(service.running.runtime.database.driver.isDuplicate(error)).toBe(true);
    expect(await all().findOne({ _id: 'x' })).toMatchObject({ companyId: 'c2', count: 4 });
  });

  it('aggregates only what is inside', async () => {
    const sum = [{ $group: { _id: null, count: { $sum: '$count' } } }];
    expect(await mine().aggregate(sum)).toEqual([{ _id: null, count: 3 }]);
    expect(await mine().aggregate([{ $match: { companyId: { $in: ['c1', 'c2'] } } }, ...sum])).toEqual([{ _id: null, count: 3 }]);
    expect(() => mine().aggregate([{ $lookup: { from: 'events', as: 'x', pipeline: [] } }])).toThrow(ScopeError);
  });

  it('gives pages without losing or repeating, ties and ends included', async () => {
    await all().insertMany(['d', 'e', 'f', 'g'].map((_id) => thing({ _id, count: 2 })));
    const read: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await mine().page({ count: { $gte: 1 } }, { count: -1, _id: 1 }, { limit: 2, cursor });
      read.push(...page.data.map(({ _id }) => _id));
      cursor = page.nextCursor ?? undefined;
      pages += 1;
    } while (cursor);
    expect([read, pages]).toEqual([['b', 'd', 'e', 'f', 'g', 'a'], 3]);
  });

  it('keeps to its scope on every page, and tells a cursor that is none', async () => {
    const { nextCursor } = await all().page({}, { _id: -1 }, { limit: 1 });
    const { data } = await mine().page({}, { _id: -1 }, { limit: 10, cursor: String(nextCursor) });
    expect(data.map(({ _id }) => _id)).toEqual(['b', 'a']);
    await expect(mine().page({}, { _id: 1 }, { limit: 1, cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
