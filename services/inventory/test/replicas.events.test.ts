import { orderCreated, shopCreated, shopUpdated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { envelopeFor, eventually, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';
import { stock } from '../src/stock/stock.store.ts';
import { addWarehouse, figures, newOrder, newTenant, receive } from './running-inventory.ts';

let replicas: TestService[];

beforeAll(async () => {
  // The address of one database for both: the server's own, with a name of this test.
  const [server = '', query = ''] = String(process.env.SOUK_TEST_MONGODB).split('/?');
  const secrets = { 'mongodb-uri': `${server}/r${newId().slice(-8)}?${query}` };
  replicas = [await startTestService(service, { secrets }), await startTestService(service, { secrets })];
});
afterAll(() => Promise.all(replicas.map((each) => each.stop())));

test('two replicas that fight over 20 pieces hold exactly 20, each order once', async () => {
  const [one, two] = replicas as [TestService, TestService];
  const tenant = newTenant();
  const warehouseId = await addWarehouse(one, tenant);
  const stockId = await receive(one, tenant, { sku: 'mug', warehouseId, quantity: 20 });
  const events = Array.from({ length: 120 }, () => envelopeFor(orderCreated, newOrder(tenant, [warehouseId], { mug: 1 })));
  // Both are given the middle third: what the other has worked off is not worked off again.
  let waiting = [
    { replica: one, events: events.slice(0, 80) },
    { replica: two, events: events.slice(40) },
  ];
  for (let round = 0; waiting.length > 0 && round < 10; round += 1) {
    const left = await Promise.all(
      waiting.map(async ({ replica, events: given }) => {
        const statuses = await replica.deliverAll(given);
        return { replica, events: given.filter((_, index) => statuses[index] !== 'SUCCESS') };
      }),
    );
    waiting = left.filter((each) => each.events.length > 0);
  }
  expect(waiting).toEqual([]);
  expect(await figures(one, stockId)).toEqual({ onHand: 20, reserved: 20, available: 0 });
  for (const replica of replicas) expect(replica.deadLetters).toEqual([]);
});

test('a sku that is made by one replica while the other hears what a shop keeps is kept as all others are', async () => {
  const [one, two] = replicas as [TestService, TestService];
  const tenant = newTenant();
  const warehouseId = await addWarehouse(one, tenant);
  const { companyId, shopId } = tenant;
  const about = { ...shopCreated.example, companyId, shopId, warehouseIds: [warehouseId] };
  await two.deliver(shopCreated, about, { subject: shopId, sequence: 1000 });
  for (let round = 1; round <= 20; round += 1) {
    const setAside = [{ warehouseId, basisPoints: round }];
    const told = envelopeFor(shopUpdated, { ...about, setAside }, { subject: shopId, sequence: 1000 * (round + 1) });
    const hear = () => eventually(async () => expect(await two.deliverEnvelope(told)).toBe('SUCCESS'));
    await Promise.all([receive(one, tenant, { sku: `sku-${round}`, warehouseId, quantity: 1 }), hear()]);
    const items = await one.db(stock).find({ warehouseId });
    expect(items.map(({ setAside: kept }) => kept)).toEqual(Array(round).fill([{ shopId, basisPoints: round }]));
  }
});
