import type { ReservationRequest } from '@souk/contracts';
import { service } from '@souk/inventory';
import { reserveOrder } from '@souk/inventory/hold';
import type { Context } from '@souk/service-kit';
import { backgroundContext, newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, startTestService } from '@souk/testing';
import type { Db } from 'mongodb';
import { MongoClient } from 'mongodb';
import { startBenchDatabase } from './bench-database.ts';
import { callFor } from './callers.ts';
import { openPlainStock } from './plain-stock.ts';
import type { Finding, Round } from './rounds.ts';
import { roundsOf, SHORT, takeTurns } from './rounds.ts';

const CALLERS = 256;
const ROUNDS = roundsOf(15);
const SECONDS = SHORT ? 1 : 1.5;
const WARM_SECONDS = SHORT ? 0.5 : 2;
/** More than any run reserves. */
const PLENTY = 9_000_000;
const SKU = 'HOT-1';

interface Shelf {
  companyId: string;
  shopId: string;
  warehouseId: string;
  stockId: string;
}

/** Reservations of one piece of one sku by many callers: inventory's action against an update and two inserts per order. */
export async function benchHotSku(): Promise<Finding> {
  const database = await startBenchDatabase();
  process.env.SOUK_TEST_MONGODB = database.uri;
  const client = await MongoClient.connect(database.uri, { maxPoolSize: CALLERS });
  const inventory = await startTestService(service, { env: { SOUK_CHECK_WRITES: 'false', SOUK_TEST_CLOCK: 'false' } });
  try {
    return await measure(inventory, client);
  } finally {
    await inventory.stop();
    await client.close();
    await database.stop();
  }
}

async function measure(inventory: TestService, client: MongoClient): Promise<Finding> {
  const shelf = await fillShelf(inventory);
  const stocked = await databaseWith(client, 'stock');
  const plain = await openPlainStock(client.db('plain'), { of: stocked, stockId: shelf.stockId });
  const ctx = backgroundContext(inventory.running.runtime, 'the bench reserves');
  const published: number[] = [];
  const ours = async (seconds: number): Promise<Round> => {
    const startedMs = performance.now();
    const round = await callFor({ callers: CALLERS, seconds, work: () => reserve(ctx, shelf) });
    const doneMs = performance.now();
    // What is left to publish must not run into the other side's time.
    await inventory.running.runtime.relay.idle();
    inventory.sidecar.published.length = 0;
    published.push((round.perSecond * (doneMs - startedMs)) / (performance.now() - startedMs));
    return round;
  };
  const limit = (seconds: number) => callFor({ callers: CALLERS, seconds, work: () => plain.reserve(requestOf(shelf)) });
  await ours(WARM_SECONDS);
  await limit(WARM_SECONDS);
  published.length = 0;
  const turns = await takeTurns({ ours: () => ours(SECONDS), limit: () => limit(SECONDS) }, ROUNDS);
  const sums = await Promise.all([sumsOf(stocked, 'reserved'), sumsOf(client.db('plain'), 'reserved')]);
  return {
    name: 'hot sku',
    unit: 'reservations',
    bar: 6,
    ...turns,
    details: [
      `${CALLERS} callers reserve one piece each of one sku for ${SECONDS} s a round, ${ROUNDS} rounds; hold and event are written by both, with the same`,
      'indexes and durability. Ours is the reserve action with its relay publishing every event beside it (to a stand-in for the sidecar in',
      'the same process); the limit is one conditional update, one insert of the hold and one of the event for each order.',
      `Reservations per second until every event is published as well: ${Math.round(Math.min(...published)).toLocaleString('en')} at least.`,
      `Pieces reserved equal holds in both: ${sums.map((sum) => sum.toLocaleString('en')).join(' and ')}.`,
    ],
  };
}

async function fillShelf(inventory: TestService): Promise<Shelf> {
  const companyId = newId();
  const as = companyAdmin(companyId);
  const address = { city: 'Lyon', country: 'FR' };
  const warehouse = await inventory.request('POST', '/warehouses', { as, body: { name: 'Main', code: 'MAIN', address } });
  const warehouseId: string = warehouse.body.id;
  const lines = [{ sku: SKU, warehouseId, quantity: PLENTY }];
  const received = await inventory.request('POST', '/inventory/receive', { as, key: newId(), body: { lines } });
  const stockId: string | undefined = received.body.items?.[0]?.id;
  if (stockId === undefined) throw new Error(`goods could not be received: ${JSON.stringify(received.body)}`);
  return { companyId, shopId: newId(), warehouseId, stockId };
}

function requestOf({ companyId, shopId, warehouseId }: Shelf): ReservationRequest {
  return {
    orderId: newId(),
    revision: 1,
    companyId,
    shopId,
    warehouseIds: [warehouseId],
    lines: [{ lineId: newId(), sku: SKU, quantity: 1, tracked: true, backorder: false }],
    holdUntil: new Date(Date.now() + 900_000).toISOString(),
  };
}

async function reserve(ctx: Context, shelf: Shelf): Promise<void> {
  const { outcome } = await reserveOrder(ctx, requestOf(shelf));
  if (outcome !== 'reserved') throw new Error(`a reservation ${outcome}`);
}

/** The database of the running service: the one that has the collection. */
async function databaseWith(client: MongoClient, collection: string): Promise<Db> {
  const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
  for (const { name } of databases) {
    const found = await client.db(name).listCollections({ name: collection }).toArray();
    if (found.length > 0) return client.db(name);
  }
  throw new Error(`no database has the collection ${collection}`);
}

/** Pieces reserved. Throws when there is not exactly one hold for each: a rate of wrong answers is worth nothing. */
async function sumsOf(db: Db, field: string): Promise<number> {
  const item = await db.collection('stock').findOne({ sku: SKU });
  const holds = await db.collection('holds').countDocuments({});
  if (item?.[field] !== holds) throw new Error(`${db.databaseName}: ${item?.[field]} pieces are reserved by ${holds} holds`);
  return holds;
}
