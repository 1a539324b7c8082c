import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MongoClient } from 'mongodb';
import { writeDocuments } from './bson-file.ts';
import type { DumpedCollection, Manifest } from './manifest.ts';
import { fileOf, writeManifest } from './manifest.ts';
import type { Moment } from './moment.ts';
import { openMoment } from './moment.ts';

const DOCUMENTS_AT_ONCE = 1_000;
/** What a server answers that does not keep the moment any longer: SnapshotTooOld, NoSuchTransaction. */
const MOMENT_LOST = new Set<unknown>([239, 251]);

/**
 * Writes the databases as they are at one moment to a folder under `into`, named after that moment. The living traffic goes on
 * meanwhile. What is there under that name is whole: it gets its name last. Throws, and leaves nothing, when the moment is lost.
 */
export async function dump(
  client: MongoClient,
  { into, databases }: { into: string; databases: readonly string[] },
): Promise<string> {
  const moment = await openMoment(client);
  const folder = join(into, moment.takenAt.toISOString().replaceAll(/[-:]|\.\d+/g, ''));
  const partial = `${folder}.partial`;
  try {
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    writeManifest(partial, await readAll(client, moment, { folder: partial, databases }));
    renameSync(partial, folder);
    return folder;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw isMomentLost(error) ? new Error(lostSays(moment), { cause: error }) : error;
  } finally {
    await moment.end();
  }
}

const isMomentLost = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && MOMENT_LOST.has(Reflect.get(error, 'code'));

const lostSays = ({ kind, takenAt }: Moment): string =>
  `the server gave up the ${kind} of ${takenAt.toISOString()} before all was read: ` +
  (kind === 'snapshot' ? 'raise its parameter minSnapshotHistoryWindowInSeconds' : 'it ends long transactions');

async function readAll(
  client: MongoClient,
  moment: Moment,
  { folder, databases }: { folder: string; databases: readonly string[] },
): Promise<Omit<Manifest, 'format'>> {
  const collections: DumpedCollection[] = [];
  for (const database of databases) {
    // What is made after the moment is listed and has no documents then.
    const listed = await client.db(database).listCollections({ type: 'collection' }, { nameOnly: false }).toArray();
    for (const { name, options = {} } of listed.sort((a, b) => a.name.localeCompare(b.name)))
      collections.push(await readCollection(client, moment, { folder, database, name, options }));
  }
  const { version } = await client.db('admin').command({ buildInfo: 1 });
  return {
    takenAt: moment.takenAt,
    endedAt: new Date(),
    moment: moment.kind,
    serverVersion: version,
    databases: [...databases],
    collections,
  };
}

async function readCollection(
  client: MongoClient,
  { session }: Moment,
  { folder, database, name, options }: Pick<DumpedCollection, 'database' | 'name' | 'options'> & { folder: string },
): Promise<DumpedCollection> {
  const collection = client.db(database).collection(name);
  const indexes = (await collection.listIndexes().toArray()).filter((index) => index.name !== '_id_');
  const documents = collection.find({}, { session, raw: true, batchSize: DOCUMENTS_AT_ONCE }).map(asBytes);
  const written = await writeDocuments(join(folder, fileOf({ database, name })), documents);
  return { database, name, options, indexes, ...written };
}

function asBytes(document: unknown): Uint8Array {
  if (document instanceof Uint8Array) return document;
  throw new TypeError('the driver has read a document that it was to hand on as it came');
}

/** Removes all but the `count` newest whole dumps of a folder. Gives the names of those that went. */
export function keepNewest(into: string, count: number): string[] {
  const whole = readdirSync(into).filter((name) => existsSync(join(into, name, 'manifest.json')) && !name.endsWith('.partial'));
  const gone = whole.sort().slice(0, Math.max(0, whole.length - count));
  for (const name of gone) rmSync(join(into, name), { recursive: true });
  return gone;
}
