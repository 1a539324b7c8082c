import type { TestService } from '@souk/testing';
import { startTestService } from '@souk/testing';
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
    const collection = driver.collection(things.name);
    await collection.remove({}, true);
    return { driver, collection };
  });

  it('brings only the fields that are asked for', async () => {
    const rows = service.running.runtime.database.driver.collection(things.name);
    await rows.insert([{ _id: 'a', name: 'x', n: 1 }]);
    for await (const row of rows.find({}, { fields: ['name'] })) expect(row).toEqual({ _id: 'a', name: 'x' });
  });

  it('stores nothing for what is undefined, and answers a ping', async () => {
    const { driver } = service.running.runtime.database;
    await driver.ping();
    const rows = driver.collection(things.name);
    await rows.insert([{ _id: 'b', name: 'y', gone: undefined }]);
    expect(await rows.count({ gone: { $exists: true } }, 10)).toBe(0);
  });
});
