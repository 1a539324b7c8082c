import os from 'node:os';
import type { Connection, mongo } from 'mongoose';
import mongoose from 'mongoose';
import type { BulkWrite, Driver, DriverCollection, FindOptions, Session } from './driver.ts';

type Raw = mongo.Collection<mongo.BSON.Document & { _id: string }>;

const DURABLE = { w: 'majority', journal: true } as const;
const DUPLICATE_KEY = 11_000;

export interface MongoDriver extends Driver {
  readonly connection: Connection;
}

export interface MongoOptions {
  uri: string;
  database: string;
  timeoutMs: number;
  /** Whoever opens under the same name takes the place of the one before. */
  instance: string;
  /** Tells listeners of every command: in tests. */
  monitorCommands?: boolean;
}

/** Connects to one database of a MongoDB replica set. Throws when it does not answer within `timeoutMs`. */
export async function openMongo({
  uri,
  database,
  timeoutMs,
  instance,
  monitorCommands = false,
}: MongoOptions): Promise<MongoDriver> {
  const connection = await mongoose
    .createConnection(uri, {
      dbName: database,
      serverSelectionTimeoutMS: timeoutMs,
      maxPoolSize: 50,
      writeConcern: DURABLE,
      readConcern: { level: 'majority' },
      ignoreUndefined: true,
      monitorCommands,
      // Given, because the driver would import it dynamically, which Jest's modules do not allow.
      runtimeAdapters: { os },
    })
    .asPromise();
  const client = connection.getClient();
  const note = await takePlace(client.db(database), instance);
  const collections = new Map<string, DriverCollection>();
  return {
    connection,
    collection(name, comment) {
      const key = `${name} ${comment}`;
      const known = collections.get(key) ?? driverCollection(client.db(database).collection(name), comment);
      collections.set(key, known);
      return known;
    },
    transaction: (work) =>
      client.withSession(async (session) => {
        await note(session);
        const options = { writeConcern: DURABLE, readConcern: { level: 'snapshot' }, maxCommitTimeMS: 10_000 } as const;
        return session.withTransaction(() => work(session), options);
      }),
    isDuplicate: (error) => error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY,
    ping: async () => {
      await client.db(database).command({ ping: 1 });
    },
    close: () => connection.close(),
  };
}

/**
 * A killed process leaves transactions open, and until the server ends them, after a minute, nobody can write their documents: whoever
 * takes its place ends them first. Gives what notes a session before its first transaction.
 */
async function takePlace(db: mongo.Db, instance: string): Promise<(session: mongo.ClientSession) => Promise<void>> {
  const notes = db.collection<{ _id: string; ids: mongo.BSON.Binary[] }>('open_sessions');
  const left = await notes.findOne({ _id: instance });
  if (left) await db.admin().command({ killSessions: left.ids.map((id) => ({ id })) });
  await notes.deleteOne({ _id: instance });
  const known = new Set<string>();
  return async ({ id }) => {
    const key = id?.id.toString('hex');
    if (id === undefined || key === undefined || known.has(key)) return;
    await notes.updateOne({ _id: instance }, { $addToSet: { ids: id.id } }, { upsert: true });
    known.add(key);
  };
}

function findOptions(options: FindOptions): mongo.FindOptions {
  const { fields, ...rest } = options;
  return { ...rest, ...(fields && { projection: Object.fromEntries(fields.map((field) => [field, 1])) }) };
}

function driverCollection(raw: Raw, comment: string | undefined): DriverCollection {
  const inSession = (session: Session | undefined): { comment: string | undefined; session?: mongo.ClientSession } =>
    session === undefined ? { comment } : { comment, session: session as mongo.ClientSession };
  return {
    find: (filter, options, session) => raw.find(filter, { ...findOptions(options), ...inSession(session) }),
    findAndUpdate: ({ filter, update, ...options }, session) =>
      raw.findOneAndUpdate(filter, update as mongo.UpdateFilter<mongo.BSON.Document>, {
        ...options,
        returnDocument: 'after',
        ...inSession(session),
      }),
    count: (filter, limit, session) => raw.countDocuments(filter, { limit, ...inSession(session) }),
    async insert(documents, session) {
      if (documents.length === 1) await raw.insertOne(documents[0] as { _id: string }, inSession(session));
      else await raw.insertMany(documents as { _id: string }[], inSession(session));
    },
    async update({ filter, update, upsert, many }, session) {
      const change = update as mongo.UpdateFilter<mongo.BSON.Document>;
      const options = { upsert, ...inSession(session) };
      const result = many ? await raw.updateMany(filter, change, options) : await raw.updateOne(filter, change, options);
      return { matched: result.matchedCount, modified: result.modifiedCount, upserted: result.upsertedCount > 0 };
    },
    async remove(filter, many, session) {
      const result = many ? await raw.deleteMany(filter, inSession(session)) : await raw.deleteOne(filter, inSession(session));
      return result.deletedCount;
    },
    async bulk(writes: readonly BulkWrite[], session) {
      const result = await raw.bulkWrite(writes as mongo.AnyBulkWriteOperation<{ _id: string }>[], {
        ordered: true,
        ...inSession(session),
      });
      return { modified: result.modifiedCount, inserted: result.insertedCount + result.upsertedCount };
    },
    aggregate: (pipeline, session) => raw.aggregate([...pipeline], { allowDiskUse: true, ...inSession(session) }),
  };
}
