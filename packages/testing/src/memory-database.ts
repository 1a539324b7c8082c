import type { Database, Driver, DriverCollection, Session } from '@souk/service-kit';
import { databaseOn } from '@souk/service-kit';
import { aggregate, find, updateMany, updateOne } from 'mingo';

/** A database in memory, for simulations: no indexes but the unique ones that `unique` names, no schema checks. */
export const openMemoryDatabase = (unique?: Record<string, readonly string[]>): Database => databaseOn(openMemory(unique));

/** A key that stands already: the in-memory form of MongoDB's error 11000. */
export class DuplicateKey extends Error {}

type Table = Map<string, Record<string, unknown>>;

/**
 * The driver in memory, for simulations: the same scoping above it, mingo for filters, updates and pipelines. One transaction at a
 * time; an abort puts back what stood before. `unique` names the unique fields of collections beyond `_id`.
 */
export function openMemory(unique: Record<string, readonly string[]> = {}): Driver {
  const tables = new Map<string, Table>();
  let queue: Promise<unknown> = Promise.resolve();
  const table = (name: string): Table => {
    const known = tables.get(name) ?? new Map();
    tables.set(name, known);
    return known;
  };
  const snapshot = () => new Map([...tables].map(([name, rows]) => [name, structuredClone(rows)]));
  return {
    collection: (name) => memoryCollection(table(name), unique[name] ?? []),
    transaction(work) {
      const run = async () => {
        const before = snapshot();
        try {
          return await work({} satisfies Session);
        } catch (error) {
          for (const [name, rows] of tables) {
            rows.clear();
            for (const [key, row] of before.get(name) ?? []) rows.set(key, row);
          }
          throw error;
        }
      };
      const turn = queue.then(run, run);
      queue = turn.catch(() => undefined);
      return turn;
    },
    isDuplicate: (error) => error instanceof DuplicateKey,
    ping: async () => {},
    close: async () => tables.clear(),
  };
}

function memoryCollection(rows: Table, unique: readonly string[]): DriverCollection {
  const all = () => [...rows.values()];
  const matching = (filter: Record<string, unknown>) => find<Record<string, unknown>>(all(), filter).all();
  const put = (document: object) => {
    const row = structuredClone(document) as Record<string, unknown>;
    const key = String(row._id);
    const taken = unique.some((field) => row[field] !== undefined && all().some((other) => other[field] === row[field]));
    if (rows.has(key) || taken) throw new DuplicateKey(`${key} stands already`);
    rows.set(key, row);
    return row;
  };
  const change = (filter: Record<string, unknown>, update: object, many: boolean) => {
    const documents = all();
    const apply = many ? updateMany : updateOne;
    const result = apply(documents, filter, update as Record<string, unknown>);
    for (const document of documents) rows.set(String(document._id), document);
    return { matched: result.matchedCount, modified: result.modifiedCount };
  };
  const upsert = (filter: Record<string, unknown>, update: object) => {
    const equal = Object.fromEntries(Object.entries(filter).filter(([key, value]) => !key.startsWith('$') && !isOperator(value)));
    const made = [equal];
    const { $setOnInsert, $set, ...rest } = update as Record<string, Record<string, unknown> | undefined>;
    updateOne(made, {}, { ...rest, $set: { ...$setOnInsert, ...$set } } as Record<string, unknown>);
    return put(made[0] ?? {});
  };
  const self: DriverCollection = {
    async *find(filter, options) {
      let cursor = find<Record<string, unknown>>(all(), filter);
      if (options.sort) cursor = cursor.sort(options.sort);
      if (options.limit) cursor = cursor.limit(options.limit);
      for (const row of cursor.all()) yield structuredClone(row);
    },
    async findAndUpdate({ filter, update, ...options }) {
      const [first] = options.sort ? find<Record<string, unknown>>(all(), filter).sort(options.sort).all() : matching(filter);
      if (!first) return options.upsert ? structuredClone(upsert(filter, update)) : null;
      change({ _id: first._id }, withoutInsertOnly(update), false);
      return structuredClone(rows.get(String(first._id)) ?? null);
    },
    count: async (filter, limit) => Math.min(limit, matching(filter).length),
    async insert(documents) {
      for (const document of documents) put(document);
    },
    async update({ filter, update, upsert: make, many }) {
      const result = change(filter, withoutInsertOnly(update), many);
      const upserted = make && result.matched === 0;
      if (upserted) upsert(filter, update);
      return { ...result, upserted };
    },
    async remove(filter, many) {
      const found = matching(filter).slice(0, many ? undefined : 1);
      for (const row of found) rows.delete(String(row._id));
      return found.length;
    },
    async bulk(writes) {
      const done = { modified: 0, inserted: 0 };
      for (const write of writes) {
        if ('insertOne' in write) {
          put(write.insertOne.document);
          done.inserted += 1;
        } else if ('deleteOne' in write) await self.remove(write.deleteOne.filter, false);
        else {
          const result = await self.update({ upsert: false, ...write.updateOne, many: false });
          done.modified += result.modified;
          done.inserted += result.upserted ? 1 : 0;
        }
      }
      return done;
    },
    async *aggregate(pipeline) {
      for (const row of aggregate(all(), [...pipeline])) yield structuredClone(row) as object;
    },
  };
  return self;
}

function isOperator(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.startsWith('$'));
}

function withoutInsertOnly(update: object): object {
  const { $setOnInsert: _, ...rest } = update as Record<string, unknown>;
  return Array.isArray(update) ? update : rest;
}
