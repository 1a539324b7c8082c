import { join } from 'node:path';
import type { Db, Document, MongoClient } from 'mongodb';
import { MongoServerError } from 'mongodb';
import { fileOf, verifyDump } from './manifest.ts';
import { readBatches } from './restore.ts';

/** What came back of a company in one collection. */
export interface BroughtBack {
  database: string;
  name: string;
  brought: number;
  /** Documents that stand as they are, whatever the dump says of them. */
  there: number;
  /** Documents whose place was taken meanwhile, by their ids: a slug or a number that another has now. */
  refused: string[];
  /** Documents that facts were told of after the dump, by their ids: they came back older than those facts. */
  older: string[];
}

/** Nothing is ever lost from a log but by its archive, from where it must not come back twice. */
const LOG = 'events';
const DUPLICATE_KEY = 11_000;
/** A fact's sequence is its document's version, three digits further left. */
const SEQUENCE_PER_VERSION = 1_000;

/**
 * Puts the documents of one company that are gone from the databases back as a dump has them; what is there is not touched. For
 * documents that a hand in the database took: the platform itself says in its log what it removes, and all its services heed that.
 */
export async function restoreCompany(
  client: MongoClient,
  { folder, companyId }: { folder: string; companyId: string },
): Promise<BroughtBack[]> {
  const manifest = await verifyDump(folder);
  const found: BroughtBack[] = [];
  for (const { database, name } of manifest.collections.filter((collection) => collection.name !== LOG)) {
    const sum: BroughtBack = { database, name, brought: 0, there: 0, refused: [], older: [] };
    for await (const batch of readBatches(join(folder, fileOf({ database, name }))))
      await bringBack(
        client.db(database),
        sum,
        batch.filter((document) => isOf(companyId, document)),
      );
    if (sum.brought + sum.there + sum.refused.length > 0) found.push(sum);
  }
  return found;
}

/** The company's own document has its id, all others name it. */
const isOf = (companyId: string, { _id, companyId: owner }: Document): boolean => owner === companyId || _id === companyId;

async function bringBack(database: Db, sum: BroughtBack, wanted: readonly Document[]): Promise<void> {
  const collection = database.collection(sum.name);
  const there = await collection.distinct('_id', { _id: { $in: wanted.map(({ _id }) => _id) } });
  sum.there += there.length;
  const known = new Set<unknown>(there);
  for (const document of wanted.filter(({ _id }) => !known.has(_id))) {
    const lastTold = await lastVersionTold(database, document);
    const isOlder = lastTold !== undefined && lastTold > Number(document.version);
    try {
      // Consumers leave out what has a version that they know: the next change has to come after those they were told of.
      await collection.insertOne(isOlder ? { ...document, version: lastTold } : document);
      sum.brought += 1;
      if (isOlder) sum.older.push(String(document._id));
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
      sum.refused.push(String(document._id));
    }
  }
}

/** The highest version of a document that its service has told of; undefined where there is none, or where the document counts none. */
async function lastVersionTold(database: Db, { _id, version }: Document): Promise<number | undefined> {
  if (version === undefined) return undefined;
  const last = await database.collection(LOG).findOne({ subject: _id }, { sort: { sequence: -1 }, projection: { sequence: 1 } });
  return last ? Math.floor(Number(last.sequence) / SEQUENCE_PER_VERSION) : undefined;
}
