import type { TestService } from '@souk/testing';
import { startTestService, testDatabaseUri } from '@souk/testing';
import { openMongo } from '../src/mongo/mongodb.ts';
import { driverCases } from './driver-cases.ts';
import { thingService, things } from './things.ts';

describe('the driver of MongoDB', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(thingService());
  });
  afterAll(() => service.stop());

  driverCases(async () => {
    const { driver } = service.running.runtime.database;
    const collection = driver.collection(things.name, 'system: a test asks the driver itself');
    await collection.remove({}, true);
    return { driver, collection };
  });

  it('brings only the fields that are asked for', async () => {
    const rows = service.running.runtime.database.driver.collection(things.name, 'system: a test asks the driver itself');
    await rows.insert([{ _id: 'a', name: 'x', n: 1 }]);
    for await (const row of rows.find({}, { fields: ['name'] })) expect(row).toEqual({ _id: 'a', name: 'x' });
  });

  it('stores nothing for what is undefined, and answers a ping', async () => {
    const { driver } = service.running.runtime.database;
    await driver.ping();
    const rows = driver.collection(things.name, 'system: a test asks the driver itself');
    await rows.insert([{ _id: 'b', name: 'y', gone: undefined }]);
    expect(await rows.count({ gone: { $exists: true } }, 10)).toBe(0);
  });

  it('ends the transactions that the one before of its name has left open', async () => {
    const uri = testDatabaseUri('kit_places');
    const open = (instance: string) => openMongo({ uri, database: 'kit_places', timeoutMs: 10_000, instance });
    const killed = await open('sales');
    const rows = killed.collection('rows');
    await rows.remove({}, true);
    await rows.insert([{ _id: 'a', n: 1 }]);
    const change = { filter: { _id: 'a' }, update: { $inc: { n: 1 } }, upsert: false, many: false };
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let attempts = 0;
    const written = new Promise<void>((resolve) => {
      void killed
        .transaction(async (session) => {
          attempts += 1;
          if (attempts > 1) return;
          await rows.update(change, session);
          resolve();
          await held;
        })
        .catch(() => undefined);
    });
    await written;
    const another = await open('sales-2');
    const tries: string[] = [];
    const attempt = async (driver: typeof killed) => {
      const session = driver.connection.getClient().startSession();
      session.startTransaction();
      await driver
        .collection('rows')
        .update(change, session)
        .then(
          () => tries.push('written'),
          () => tries.push('refused'),
        );
      await session.abortTransaction();
      await session.endSession();
    };
    await attempt(another);
    const successor = await open('sales');
    await attempt(successor);
    release();
    await Promise.all([killed, another, successor].map((driver) => driver.close()));
    expect(tries).toEqual(['refused', 'written']);
  });
});
