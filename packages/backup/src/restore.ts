import { join } from 'node:path';
import type { Document, MongoClient } from 'mongodb';
import { BSON } from 'mongodb';
import { readDocuments } from './bson-file.ts';
import type { DumpedCollection, Manifest } from './manifest.ts';
import { fileOf, RefusedRestore, verifyDump } from './manifest.ts';

const DOCUMENTS_AT_ONCE = 1_000;
const BYTES_AT_ONCE = 8 * 1024 * 1024;

/**
 * Brings databases back to the moment of a dump. Nobody may use them meanwhile. The dump is read and compared with its manifest before
 * anything is touched, and databases that hold documents are refused unless they are to be replaced. Throws RefusedRestore.
 */
export async function restore(client: MongoClient, { folder, replace }: { folder: string; replace: boolean }): Promise<Manifest> {
  const manifest = await verifyDump(folder);
  if (!replace) await refuseDocuments(client, manifest);
  for (const database of manifest.databases) await client.db(database).dropDatabase();
  for (const collection of manifest.collections) await restoreCollection(client, folder, collection);
  return manifest;
}

async function refuseDocuments(client: MongoClient, { databases }: Manifest): Promise<void> {
  for (const database of databases)
    for (const { name } of await client.db(database).listCollections().toArray())
      if (await client.db(database).collection(name).findOne({}))
        throw new RefusedRestore(
          `${database}.${name} has documents; --replace removes what the ${databases.length} databases hold`,
        );
}

async function restoreCollection(client: MongoClient, folder: string, dumped: DumpedCollection): Promise<void> {
  const { name, options, indexes } = dumped;
  const database = client.db(dumped.database);
  const collection = await database.createCollection(name, { ...options, writeConcern: { w: 'majority' } });
  let documents = 0;
  for await (const batch of readBatches(join(folder, fileOf(dumped))))
    documents += (await collection.insertMany(batch, { bypassDocumentValidation: true })).insertedCount;
  if (documents !== dumped.documents)
    throw new Error(`${dumped.database}.${name} has ${documents} documents, its dump says ${dumped.documents}`);
  // After the documents: one pass over them for each index, instead of one place in each for every document.
  if (indexes.length > 0) await database.command({ createIndexes: name, indexes: indexes.map(definitionOf) });
}

/** The server's own marks of an index are not for a client to give. */
const definitionOf = ({ v: _version, ns: _namespace, ...definition }: Document): Document => definition;

/** The documents of a dumped collection with each number of the type it had, as many at a time as one insert takes well. */
export async function* readBatches(file: string): AsyncGenerator<Document[]> {
  let batch: Document[] = [];
  let bytes = 0;
  for await (const document of readDocuments(file)) {
    batch.push(BSON.deserialize(document, { promoteValues: false, promoteBuffers: false, bsonRegExp: true }));
    bytes += document.length;
    if (batch.length < DOCUMENTS_AT_ONCE && bytes < BYTES_AT_ONCE) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
