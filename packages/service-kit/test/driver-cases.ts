import type { Driver, DriverCollection } from '../src/mongo/driver.ts';

export interface OpenedDriver {
  driver: Driver;
  /** `name` is unique in this collection, and none else is in it. */
  collection: DriverCollection;
}

async function allOf(found: AsyncIterable<object>): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of found) rows.push(row as Record<string, unknown>);
  return rows;
}

const row = (_id: string, more: object = {}) => ({ _id, name: _id, n: 0, ...more });

/** What a driver must do, whichever it is. `open` gives an empty collection. */
export function driverCases(open: () => Promise<OpenedDriver>): void {
  let driver: Driver;
  let rows: DriverCollection;
  const ids = async (filter: Record<string, unknown> = {}) =>
    (await allOf(rows.find(filter, { sort: { _id: 1 } }))).map(({ _id }) => _id);
  const update = (
    filter: Record<string, unknown>,
    change: Record<string, unknown>,
    how: { upsert?: boolean; many?: boolean } = {},
  ) => rows.update({ filter, update: change, upsert: false, many: false, ...how });

  const isDuplicate = (write: Promise<unknown>) =>
    write.then(
      () => false,
      (error) => driver.isDuplicate(error),
    );

  beforeEach(async () => {
    ({ driver, collection: rows } = await open());
  });

  describe('reading', () => {
    beforeEach(() => rows.insert([row('a', { n: 3 }), row('b', { n: 1 }), row('c', { n: 2, tags: ['x'] }), row('d', { n: 2 })]));

    it('sorts before it limits', async () => {
      const found = await allOf(rows.find({}, { sort: { n: -1, _id: -1 }, limit: 3 }));
      expect(found.map(({ _id }) => _id)).toEqual(['a', 'd', 'c']);
    });

    it('filters by operators and by elements of lists', async () => {
      expect(await ids({ n: { $gte: 2 } })).toEqual(['a', 'c', 'd']);
      expect(await ids({ tags: 'x' })).toEqual(['c']);
      expect(await ids({ $or: [{ n: 1 }, { _id: { $in: ['a', 'z'] } }] })).toEqual(['a', 'b']);
      expect(await ids({ tags: { $exists: false } })).toEqual(['a', 'b', 'd']);
    });

    it('counts to a limit', async () => {
      expect(await rows.count({}, 100)).toBe(4);
      expect(await rows.count({ n: 2 }, 100)).toBe(2);
      expect(await rows.count({}, 3)).toBe(3);
    });

    it('aggregates', async () => {
      const grouped = rows.aggregate([
        { $match: { n: { $lt: 3 } } },
        { $group: { _id: '$n', count: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ]);
      expect(await allOf(grouped)).toEqual([
        { _id: 1, count: 1 },
        { _id: 2, count: 2 },
      ]);
    });

    it('gives copies: changing what was read changes nothing', async () => {
      const [found] = await allOf(rows.find({ _id: 'c' }, {}));
      ((found?.tags ?? []) as string[]).push('y');
      expect((await allOf(rows.find({ _id: 'c' }, {})))[0]?.tags).toEqual(['x']);
    });
  });

  describe('inserting', () => {
    it('refuses an id that stands, and says that it is a duplicate', async () => {
      await rows.insert([row('a')]);
      expect(await isDuplicate(rows.insert([row('a', { name: 'other' })]))).toBe(true);
      expect(driver.isDuplicate(new Error('x'))).toBe(false);
    });

    it('refuses a unique field that stands, and keeps the first', async () => {
      await rows.insert([row('a', { name: 'same' })]);
      expect(await isDuplicate(rows.insert([row('b', { name: 'same' })]))).toBe(true);
      expect(await ids()).toEqual(['a']);
    });
  });

  describe('updating', () => {
    beforeEach(() => rows.insert([row('a', { n: 1 }), row('b', { n: 1 })]));

    it('says what it matched and what it changed', async () => {
      expect(await update({ _id: 'a' }, { $set: { n: 5 } })).toEqual({ matched: 1, modified: 1, upserted: false });
      expect(await update({ _id: 'a' }, { $set: { n: 5 } })).toEqual({ matched: 1, modified: 0, upserted: false });
      expect(await update({ _id: 'z' }, { $set: { n: 5 } })).toEqual({ matched: 0, modified: 0, upserted: false });
    });

    it('changes one unless it is told to change many', async () => {
      expect(await update({ n: 1 }, { $inc: { n: 1 } })).toMatchObject({ modified: 1 });
      expect(await update({}, { $inc: { n: 10 } }, { many: true })).toMatchObject({ matched: 2, modified: 2 });
      expect((await allOf(rows.find({}, {}))).map(({ n }) => n).sort()).toEqual([11, 12]);
    });

    it('inserts what an upsert does not find, of its filter and its update', async () => {
      const change = { $set: { n: 7 }, $setOnInsert: { name: 'made' } };
      expect(await update({ _id: 'c', kind: 'x', n: { $lt: 100 } }, change, { upsert: true })).toMatchObject({
        matched: 0,
        upserted: true,
      });
      expect(await allOf(rows.find({ _id: 'c' }, {}))).toEqual([{ _id: 'c', kind: 'x', n: 7, name: 'made' }]);
    });

    it('leaves what is for inserting only alone where an upsert finds', async () => {
      const change = { $set: { n: 7 }, $setOnInsert: { name: 'made' } };
      expect(await update({ _id: 'a' }, change, { upsert: true })).toEqual({ matched: 1, modified: 1, upserted: false });
      expect(await allOf(rows.find({ _id: 'a' }, {}))).toEqual([{ _id: 'a', name: 'a', n: 7 }]);
    });

    it('refuses an upsert of an id that its guard does not match', async () => {
      expect(await isDuplicate(update({ _id: 'a', n: 99 }, { $set: { n: 7 } }, { upsert: true }))).toBe(true);
    });

    it('gives the document after it, of the first by its sort', async () => {
      const found = await rows.findAndUpdate({ filter: { n: 1 }, update: { $inc: { n: 4 } }, upsert: false, sort: { _id: -1 } });
      expect(found).toMatchObject({ _id: 'b', n: 5 });
      expect(await rows.findAndUpdate({ filter: { _id: 'z' }, update: { $set: { n: 1 } }, upsert: false })).toBeNull();
    });

    it('counts in a document that an upsert makes', async () => {
      const take = () => rows.findAndUpdate({ filter: { _id: 'counter' }, update: { $inc: { n: 3 } }, upsert: true });
      expect(await take()).toEqual({ _id: 'counter', n: 3 });
      expect(await take()).toEqual({ _id: 'counter', n: 6 });
    });
  });

  describe('writing several', () => {
    it('does them in their sequence and counts what came of it', async () => {
      const done = await rows.bulk([
        { insertOne: { document: row('a') } },
        { updateOne: { filter: { _id: 'a', n: 0 }, update: { $inc: { n: 1 } } } },
        { updateOne: { filter: { _id: 'a', n: 0 }, update: { $inc: { n: 1 } } } },
        { updateOne: { filter: { _id: 'b' }, update: { $set: { name: 'b' } }, upsert: true } },
        { insertOne: { document: row('c') } },
        { deleteOne: { filter: { _id: 'c' } } },
      ]);
      expect(done).toEqual({ modified: 1, inserted: 3 });
      expect(await ids()).toEqual(['a', 'b']);
    });

    it('removes one or all', async () => {
      await rows.insert([row('a'), row('b'), row('c', { n: 1 })]);
      expect(await rows.remove({ n: 0 }, false)).toBe(1);
      expect(await rows.remove({ n: 0 }, true)).toBe(1);
      expect(await rows.remove({ n: 0 }, true)).toBe(0);
      expect(await ids()).toEqual(['c']);
    });
  });

  describe('a transaction', () => {
    it('commits all and gives what its work gave', async () => {
      const result = await driver.transaction(async (session) => {
        await rows.insert([row('a')], session);
        await rows.update({ filter: { _id: 'a' }, update: { $set: { n: 9 } }, upsert: false, many: false }, session);
        return (await allOf(rows.find({}, {}, session))).length;
      });
      expect(result).toBe(1);
      expect(await allOf(rows.find({}, {}))).toEqual([row('a', { n: 9 })]);
    });

    it('puts everything back when its work fails', async () => {
      await rows.insert([row('a'), row('b')]);
      const work = driver.transaction(async (session) => {
        await rows.insert([row('c')], session);
        await rows.remove({ _id: 'a' }, false, session);
        await rows.update({ filter: { _id: 'b' }, update: { $set: { n: 9 } }, upsert: false, many: false }, session);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await allOf(rows.find({}, { sort: { _id: 1 } }))).toEqual([row('a'), row('b')]);
    });

    it('leaves others’ counts exact', async () => {
      await rows.insert([row('a')]);
      const once = () =>
        driver.transaction(async (session) => {
          const [found] = await allOf(rows.find({ _id: 'a' }, {}, session));
          await rows.update(
            { filter: { _id: 'a' }, update: { $set: { n: Number(found?.n) + 1 } }, upsert: false, many: false },
            session,
          );
        });
      await Promise.all([once(), once(), once(), once()]);
      expect((await allOf(rows.find({ _id: 'a' }, {})))[0]?.n).toBe(4);
    });
  });
}
