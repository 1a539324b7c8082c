import {
  inventoryReservationFailed,
  inventoryReserved,
  orderCancelled,
  orderCreated,
  shopCreated,
  shopDeleted,
  shopUpdated,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { envelopeFor } from '@souk/testing';
import { stock } from '../src/stock/stock.store.ts';
import { warehouses } from '../src/warehouse/warehouse.store.ts';
import type { Tenant } from './running-inventory.ts';
import { addWarehouse, newOrder, newTenant, receive, startInventory } from './running-inventory.ts';

let inventory: TestService;
let tenant: Tenant;
let other: Tenant;
let warehouseId: string;
let mugs: string;

beforeAll(async () => {
  inventory = await startInventory();
});
beforeEach(async () => {
  tenant = newTenant();
  other = { ...tenant, shopId: newId() };
  warehouseId = await addWarehouse(inventory, tenant);
  mugs = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 10 });
  await tell(tenant, 1000, []);
  await tell(other, 1000, []);
});
afterAll(() => inventory.stop());

const tell = ({ companyId, shopId }: Tenant, sequence: number, setAside: { warehouseId: string; basisPoints: number }[]) =>
  inventory.deliver(
    sequence === 1000 ? shopCreated : shopUpdated,
    { ...shopCreated.example, companyId, shopId, warehouseIds: [warehouseId], setAside },
    { subject: shopId, sequence },
  );

/** Places orders one after the other in one delivery; gives whether each was reserved. */
async function place(...wanted: [Tenant, number, string?][]): Promise<boolean[]> {
  const orders = wanted.map(([shop, quantity, sku = 'mug']) => newOrder(shop, [warehouseId], { [sku]: quantity }));
  expect(new Set(await inventory.deliverAll(orders.map((order) => envelopeFor(orderCreated, order))))).toEqual(
    new Set(['SUCCESS']),
  );
  const reserved = new Set((await inventory.published(inventoryReserved)).map(({ data }) => data.orderId));
  const failed = new Set((await inventory.published(inventoryReservationFailed)).map(({ data }) => data.orderId));
  expect(orders.filter(({ orderId }) => reserved.has(orderId) === failed.has(orderId))).toEqual([]);
  return orders.map(({ orderId }) => reserved.has(orderId));
}

const part = (basisPoints: number) => [{ warehouseId, basisPoints }];

test('what a shop keeps of a warehouse goes to its own orders alone, whatever came before', async () => {
  expect(await place([other, 3])).toEqual([true]);
  await tell(tenant, 2000, part(6_000));
  expect(await place([other, 2])).toEqual([false]);
  expect(await place([tenant, 4])).toEqual([true]);
  expect(await place([other, 1], [other, 1], [tenant, 2])).toEqual([true, false, true]);
  const { onHand, reserved } = (await inventory.db(stock).findOne({ _id: mugs })) ?? {};
  expect({ onHand, reserved }).toEqual({ onHand: 10, reserved: 10 });
});

test('what its orders give back is kept for it again', async () => {
  await tell(tenant, 2000, part(6_000));
  const mine = newOrder(tenant, [warehouseId], { mug: 6 });
  await inventory.deliver(orderCreated, mine);
  expect(await place([other, 4])).toEqual([true]);
  const { orderId, companyId, shopId } = mine;
  await inventory.deliver(orderCancelled, { ...orderCancelled.example, orderId, companyId, shopId });
  expect(await place([other, 1], [tenant, 6])).toEqual([false, true]);
});

test('it holds for skus that come in later too', async () => {
  await tell(tenant, 2000, part(5_000));
  await receive(inventory, tenant, { sku: 'cup', warehouseId, quantity: 4 });
  expect(await place([other, 3, 'cup'], [other, 2, 'cup'], [tenant, 2, 'cup'])).toEqual([false, true, true]);
});

test('it is changed, given up, or ended with the shop, by what was told last', async () => {
  await tell(tenant, 3000, part(5_000));
  await tell(tenant, 2000, part(9_000));
  expect(await place([other, 6])).toEqual([false]);
  await tell(tenant, 4000, part(8_000));
  expect(await place([other, 3])).toEqual([false]);
  await tell(tenant, 5000, []);
  expect(await place([other, 3])).toEqual([true]);
  await tell(tenant, 6000, part(7_000));
  const { companyId, shopId } = tenant;
  await inventory.deliver(shopDeleted, { ...shopDeleted.example, companyId, shopId }, { subject: shopId, sequence: 7000 });
  expect(await place([other, 7])).toEqual([true]);
  expect((await inventory.db(warehouses).findOne({ _id: warehouseId }))?.setAside).toEqual([]);
});

test('a warehouse of another company is not kept from it', async () => {
  const stranger = newTenant();
  await tell(stranger, 2000, part(10_000));
  expect(await place([other, 10])).toEqual([true]);
});

test('what others keep is nobody else to see', async () => {
  await tell(tenant, 2000, part(5_000));
  const answers = await Promise.all(
    [`/inventory/${mugs}`, `/warehouses/${warehouseId}`].map((path) => inventory.request('GET', path, { as: tenant.admin })),
  );
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/setAside|itemsMade|basisPoints/);
  }
});
