import type { Page, PageQuery, Sort } from '../paging.ts';
import { afterCursor, cursorAfter } from '../paging.ts';
import type { BulkWrite, DriverCollection, FindOptions, Session, Update, UpdateResult } from './driver.ts';
import type { Scope } from './scope.ts';
import { guardInsert, guardUpdate, scopedFilter, scopedPipeline } from './scope.ts';
import type { Filter, OpenedStore, Store } from './store.ts';

/** No read brings more than this without paging or streaming. */
const MOST_DOCUMENTS = 10_000;

/** A collection as the holder of one scope sees it. */
export interface ScopedCollection<Doc extends object> {
  findOne(filter: Filter, options?: FindOptions): Promise<Doc | null>;
  find(filter: Filter, options?: FindOptions): Promise<Doc[]>;
  /** All of them, one by one: for exports and rebuilds. */
  stream(filter: Filter, options?: FindOptions): AsyncIterable<Doc>;
  /** One keyset page; `sort` must end with a unique field. */
  page(filter: Filter, sort: Sort, query: PageQuery): Promise<Page<Doc>>;
  count(filter: Filter, limit?: number): Promise<number>;
  insertOne(document: Doc): Promise<void>;
  insertMany(documents: readonly Doc[]): Promise<void>;
  updateOne(filter: Filter, update: Update, options?: { upsert?: boolean }): Promise<UpdateResult>;
  updateMany(filter: Filter, update: Update): Promise<UpdateResult>;
  /** The document after the update; null when none matched. */
  findOneAndUpdate(filter: Filter, update: Update, options?: { upsert?: boolean; sort?: Sort }): Promise<Doc | null>;
  deleteOne(filter: Filter): Promise<number>;
  deleteMany(filter: Filter): Promise<number>;
  /** In sequence, in one round trip. `modified` counts updates that changed something. */
  bulkWrite(writes: readonly BulkWrite[]): Promise<{ modified: number; inserted: number }>;
  aggregate<Row extends object>(pipeline: readonly Filter[]): Promise<Row[]>;
}

interface Parts {
  driver: DriverCollection;
  scope: Scope;
  session?: Session | undefined;
  opened?: OpenedStore | undefined;
}

/** Puts `scope` on every operation of a collection. */
export function scopedCollection<Doc extends object>(store: Store<Doc>, parts: Parts): ScopedCollection<Doc> {
  const { driver, scope, session } = parts;
  const scoped = (filter: Filter) => scopedFilter(store, scope, filter);
  const checked = async (documents: readonly object[]) => {
    for (const document of documents) {
      guardInsert(store, scope, document);
      await parts.opened?.check(document);
    }
  };
  const updated = (update: Update) => {
    guardUpdate(store, scope, update as Filter | readonly Filter[]);
    return update;
  };
  const change = (filter: Filter, update: Update) => ({ filter: scoped(filter), update: updated(update), upsert: false });
  const self: ScopedCollection<Doc> = {
    findOne: async (filter, options = {}) => (await self.find(filter, { ...options, limit: 1 }))[0] ?? null,
    find: (filter, options = {}) => collect<Doc>(driver.find(scoped(filter), { limit: MOST_DOCUMENTS, ...options }, session)),
    stream: (filter, options = {}) => driver.find(scoped(filter), options, session) as AsyncIterable<Doc>,
    async page(filter, sort, query) {
      const after = query.cursor === undefined ? filter : { $and: [filter, afterCursor(query.cursor, sort)] };
      const found = await self.find(after, { sort, limit: query.limit + 1 });
      const data = found.slice(0, query.limit);
      const last = data.at(-1);
      return { data, nextCursor: found.length > query.limit && last ? cursorAfter(last, sort) : null };
    },
    count: (filter, limit = 1_000_000) => driver.count(scoped(filter), limit, session),
    insertOne: (document) => self.insertMany([document]),
    async insertMany(documents) {
      if (documents.length === 0) return;
      await checked(documents);
      await driver.insert(documents, session);
    },
    updateOne: async (filter, update, options) =>
      driver.update({ ...change(filter, update), upsert: options?.upsert ?? false, many: false }, session),
    updateMany: async (filter, update) => driver.update({ ...change(filter, update), many: true }, session),
    findOneAndUpdate: async (filter, update, options) =>
      (await driver.findAndUpdate({ ...change(filter, update), ...options }, session)) as Doc | null,
    deleteOne: (filter) => driver.remove(scoped(filter), false, session),
    deleteMany: (filter) => driver.remove(scoped(filter), true, session),
    async bulkWrite(writes) {
      if (writes.length === 0) return { modified: 0, inserted: 0 };
      const guarded: BulkWrite[] = [];
      for (const write of writes) guarded.push(await scopedWrite(write));
      return driver.bulk(guarded, session);
    },
    aggregate: <Row extends object>(pipeline: readonly Filter[]) =>
      collect<Row>(driver.aggregate(scopedPipeline(store, scope, pipeline), session)),
  };
  const scopedWrite = async (write: BulkWrite): Promise<BulkWrite> => {
    if ('insertOne' in write) {
      await checked([write.insertOne.document]);
      return write;
    }
    if ('deleteOne' in write) return { deleteOne: { filter: scoped(write.deleteOne.filter) } };
    return { updateOne: { ...write.updateOne, filter: scoped(write.updateOne.filter), update: updated(write.updateOne.update) } };
  };
  return self;
}

async function collect<Doc>(documents: AsyncIterable<object>): Promise<Doc[]> {
  const found: Doc[] = [];
  for await (const document of documents) found.push(document as Doc);
  return found;
}
