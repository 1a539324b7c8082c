import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dump, keepNewest, RefusedRestore, restore, restoreCompany } from '@souk/backup';
import { testDatabaseUri } from '@souk/testing';
import { Binary, Double, Int32, Long, MongoClient } from 'mongodb';
import { readDocuments } from '../src/bson-file.ts';

/** Short names that no other test's databases have. */
const run = randomUUID().slice(0, 8);
const databases = [`backup1-${run}`, `backup2-${run}`];
const [first = '', second = ''] = databases;
const every = [
  { _id: 'a', companyId: 'c1', slug: 'lamp', price: new Double(5), version: 1, at: new Date(0) },
  { _id: 'b', companyId: 'c1', slug: 'vase', price: new Int32(5), version: 2 },
  { _id: 'c', companyId: 'c2', slug: 'bowl', price: Long.fromNumber(5), bytes: new Binary(Buffer.from([1, 2])), version: 1 },
];

let client: MongoClient;
let into: string;

beforeAll(async () => {
  // The system's calls are given, because the driver would import them dynamically, which Jest's modules do not allow.
  client = await new MongoClient(testDatabaseUri(''), { runtimeAdapters: { os } }).connect();
});
afterAll(async () => {
  for (const name of databases) await client.db(name).dropDatabase();
  await client.close();
});
beforeEach(async () => {
  into = mkdtempSync(join(tmpdir(), 'souk-backup-'));
  for (const name of databases) await client.db(name).dropDatabase();
  const goods = client.db(first).collection<{ _id: string }>('goods');
  await goods.createIndex({ slug: 1 }, { unique: true, name: 'slugs' });
  await goods.createIndex({ at: 1 }, { expireAfterSeconds: 2_000_000_000, sparse: true });
  await goods.insertMany(every);
  await client.db(second).collection('nothing').createIndex({ x: 1 });
});
afterEach(() => rmSync(into, { recursive: true }));

const dumpAll = (): Promise<string> => dump(client, { into, databases });
const goodsNow = () => client.db(first).collection<{ _id: string; version?: number; slug?: string }>('goods');

describe('a dump', () => {
  test('restored, is what was dumped: documents with the types of their numbers, indexes with their options', async () => {
    const folder = await dumpAll();
    await restore(client, { folder, replace: true });
    const documents = await goodsNow().find({}, { promoteValues: false, promoteBuffers: false }).toArray();
    expect(documents).toMatchObject([
      { _id: 'a', price: { _bsontype: 'Double' } },
      { _id: 'b', price: { _bsontype: 'Int32' } },
      { _id: 'c', price: { _bsontype: 'Long' }, bytes: { _bsontype: 'Binary' } },
    ]);
    expect(await goodsNow().listIndexes().toArray()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'slugs', key: { slug: 1 }, unique: true }),
        expect.objectContaining({ key: { at: 1 }, expireAfterSeconds: 2_000_000_000, sparse: true }),
      ]),
    );
    expect(await client.db(second).listCollections().toArray()).toMatchObject([{ name: 'nothing' }]);
  });

  test('dumped again after it was restored, has the same files', async () => {
    const [before, after] = [join(into, 'before'), join(into, 'after')];
    const one = await dump(client, { into: before, databases });
    await restore(client, { folder: one, replace: true });
    const other = await dump(client, { into: after, databases });
    expect(filesOf(other)).toEqual(filesOf(one));
  });

  test('is of one moment, whatever is written while it is read', async () => {
    await client
      .db(first)
      .collection<{ _id: number }>('many')
      .insertMany(Array.from({ length: 5_000 }, (_, index) => ({ _id: index, text: 'x'.repeat(500) })));
    const pairs = client.db(second).collection<{ _id: string }>('pairs');
    let isOver = false;
    const writing = (async () => {
      // Each pair is of two databases: the second is written once the first is acknowledged.
      for (let count = 0; !isOver; count += 1) {
        await goodsNow().insertOne({ _id: `pair ${count}`, slug: `pair ${count}` });
        await pairs.insertOne({ _id: `pair ${count}` });
      }
      return pairs.countDocuments();
    })();
    const folder = await dumpAll();
    isOver = true;
    const written = await writing;
    await restore(client, { folder, replace: true });
    const [made, followed] = [await goodsNow().countDocuments({ _id: /^pair/ }), await pairs.countDocuments()];
    expect(made - followed).toBeGreaterThanOrEqual(0);
    expect(made - followed).toBeLessThanOrEqual(1);
    expect(written).toBeGreaterThan(followed);
  });

  test('that cannot be finished leaves nothing', async () => {
    writeFileSync(join(into, 'file'), '');
    await expect(dump(client, { into: join(into, 'file'), databases })).rejects.toThrow('ENOTDIR');
    expect(readdirSync(into)).toEqual(['file']);
  });
});

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name !== 'manifest.json');
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name)).toString('hex')]));
}

test('a file that ends within a document is told, as one that is not there', async () => {
  const file = join(into, 'cut.bson.gz');
  writeFileSync(file, gzipSync(Buffer.from([9, 0, 0, 0, 8])));
  const readAll = async (path: string) => {
    for await (const _ of readDocuments(path));
  };
  await expect(readAll(file)).rejects.toThrow('ends within a document');
  await expect(readAll(join(into, 'nothing'))).rejects.toThrow('ENOENT');
});

describe('a restore refuses', () => {
  const untouched = async () => expect(await goodsNow().countDocuments()).toBe(4);
  beforeEach(async () => {
    await goodsNow().insertOne({ _id: 'since', slug: 'since' });
  });

  test('databases that hold documents, unless they are to be replaced', async () => {
    const folder = await dumpAll();
    await expect(restore(client, { folder, replace: false })).rejects.toThrow(`${first}.goods has documents`);
    await untouched();
    await restore(client, { folder, replace: true });
    for (const name of databases) await client.db(name).dropDatabase();
    await restore(client, { folder, replace: false });
    await untouched();
  });

  test.each<[string, (folder: string) => void]>([
    ['a file that ends early', (folder) => truncateSync(join(folder, `${first}.goods.bson.gz`), 40)],
    ['a file that is away', (folder) => rmSync(join(folder, `${first}.goods.bson.gz`))],
    [
      'a file with another byte',
      (folder) => {
        const file = join(folder, `${first}.goods.bson.gz`);
        const bytes = readFileSync(file);
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
  ])('%s, before it touches anything', async (_, spoil) => {
    const folder = await dumpAll();
    spoil(folder);
    const refused = restore(client, { folder, replace: true });
    await expect(refused).rejects.toThrow(RefusedRestore);
    await expect(refused).rejects.toThrow(`${first}.goods.bson.gz`);
    await untouched();
  });

  test('a folder that is no whole dump', async () => {
    await expect(restore(client, { folder: into, replace: true })).rejects.toThrow('is not a whole dump');
    writeFileSync(join(into, 'manifest.json'), '{ "format": "other" }');
    await expect(restore(client, { folder: into, replace: true })).rejects.toThrow('is of the format other');
    await untouched();
  });
});

test('the newest dumps are kept, and what is no dump is left alone', async () => {
  const folder = await dumpAll();
  const older = ['20200101T000000Z', '20210101T000000Z'];
  for (const name of older) renameSync(await dump(client, { into: join(into, 'made'), databases }), join(into, name));
  writeFileSync(join(into, 'note'), '');
  expect(keepNewest(into, 2)).toEqual(['20200101T000000Z']);
  expect(existsSync(folder)).toBe(true);
  expect(readdirSync(into).sort()).toContain('note');
});

describe('one company', () => {
  test('gets back what is gone, and nothing else is touched', async () => {
    const folder = await dumpAll();
    await goodsNow().deleteMany({ _id: { $in: ['a', 'c'] } });
    await goodsNow().updateOne({ _id: 'b' }, { $set: { slug: 'changed' } });
    const found = await restoreCompany(client, { folder, companyId: 'c1' });
    expect(found).toEqual([{ database: first, name: 'goods', brought: 1, there: 1, refused: [], older: [] }]);
    expect(
      await goodsNow()
        .find({}, { projection: { slug: 1 }, sort: { _id: 1 } })
        .toArray(),
    ).toEqual([
      { _id: 'a', slug: 'lamp' },
      { _id: 'b', slug: 'changed' },
    ]);
  });

  test('is told of what cannot come back, and of what comes back older than was told of it', async () => {
    await client.db(first).collection('events').insertOne({ companyId: 'c1', subject: 'b', sequence: 7_001 });
    const folder = await dumpAll();
    await goodsNow().deleteMany({ companyId: 'c1' });
    await goodsNow().insertOne({ _id: 'other', slug: 'lamp' });
    const [sum] = await restoreCompany(client, { folder, companyId: 'c1' });
    expect(sum).toMatchObject({ brought: 1, refused: ['a'], older: ['b'] });
    expect(await goodsNow().findOne({ _id: 'b' })).toMatchObject({ slug: 'vase', version: 7 });
  });

  test('does not get facts back: those that are gone from the log are in its archive', async () => {
    const log = client.db(first).collection('events');
    await log.insertOne({ companyId: 'c1', subject: 'x', sequence: 1_000 });
    const folder = await dumpAll();
    await log.deleteMany({});
    await restoreCompany(client, { folder, companyId: 'c1' });
    expect(await log.countDocuments()).toBe(0);
  });
});
