import type { EventData } from '@souk/contracts';
import {
  askReservation,
  getOrderState,
  inventoryAllocated,
  inventoryReleased,
  inventoryReservationFailed,
  inventoryReserved,
  inventoryShipped,
  inventoryUpdated,
  orderCancelled,
  orderConfirmed,
  orderCreated,
  orderItemChanged,
  orderShipped,
  returnReceived,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, shopStaff } from '@souk/testing';
import { holds } from '../src/hold/hold.store.ts';
import { movements } from '../src/stock/movement.store.ts';
import type { PlacedOrder, Tenant } from './running-inventory.ts';
import { addWarehouse, figures, newOrder, newTenant, receive, startInventory } from './running-inventory.ts';

let inventory: TestService;
let tenant: Tenant;
let warehouseId: string;
let stockId: string;

beforeAll(async () => {
  inventory = await startInventory();
});
afterAll(() => inventory.stop());
beforeEach(async () => {
  tenant = newTenant();
  warehouseId = await addWarehouse(inventory, tenant);
  stockId = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 5 });
});

const confirmed = (order: PlacedOrder): EventData<typeof orderConfirmed> => ({
  ...orderConfirmed.example,
  ...refOf(order),
  revision: order.revision,
  lines: order.lines,
});
const cancelled = (order: PlacedOrder): EventData<typeof orderCancelled> => ({
  ...orderCancelled.example,
  ...refOf(order),
  lines: order.lines,
});
const refOf = ({ orderId, companyId, shopId }: PlacedOrder) => ({ orderId, companyId, shopId });
function shipped(order: PlacedOrder, quantity: number): EventData<typeof orderShipped> {
  const lines = order.lines.map(({ lineId, sku }) => ({ lineId, sku, quantity }));
  return { ...orderShipped.example, ...refOf(order), shipmentId: newId(), lines };
}
const stateOf = async ({ orderId }: PlacedOrder) => (await inventory.db(holds).findOne({ _id: orderId }))?.state;
const toldOf = async <Data>(contract: Parameters<typeof inventory.published<Data>>[0], order: PlacedOrder) =>
  (await inventory.published(contract)).filter(({ subject }) => subject === order.orderId).map(({ data }) => data);

test('an order is held, confirmed and shipped in two parcels', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 3 });
  expect(await inventory.deliver(orderCreated, order)).toBe('SUCCESS');
  expect(await figures(inventory, stockId)).toEqual({ onHand: 5, reserved: 3, available: 2 });
  expect(await toldOf(inventoryReserved, order)).toMatchObject([
    { revision: 1, until: order.holdUntil, lines: [{ sku: 'mug', quantity: 3, warehouseId }] },
  ]);
  await inventory.deliver(orderConfirmed, confirmed(order));
  expect(await toldOf(inventoryAllocated, order)).toMatchObject([{ lines: [{ sku: 'mug', quantity: 3, warehouseId }] }]);
  await inventory.deliver(orderShipped, shipped(order, 1));
  expect(await figures(inventory, stockId)).toEqual({ onHand: 4, reserved: 2, available: 2 });
  await inventory.deliver(orderShipped, shipped(order, 2));
  expect(await figures(inventory, stockId)).toEqual({ onHand: 2, reserved: 0, available: 2 });
  expect(await stateOf(order)).toBe('shipped');
  expect(await toldOf(inventoryShipped, order)).toHaveLength(2);
});

test('publishes reservation_failed and holds nothing when stock is short', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 6 });
  await inventory.deliver(orderCreated, order);
  expect(await toldOf(inventoryReservationFailed, order)).toMatchObject([
    { short: [{ sku: 'mug', requested: 6, available: 5 }] },
  ]);
  expect(await toldOf(inventoryReserved, order)).toEqual([]);
  expect(await figures(inventory, stockId)).toMatchObject({ reserved: 0 });
});

test('an edited order is held as it is now', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 4 });
  await inventory.deliver(orderCreated, order);
  const lines = order.lines.map((line) => ({ ...line, quantity: 5 }));
  await inventory.deliver(orderItemChanged, { ...order, lines, revision: 2, previousRevision: 1 });
  expect(await figures(inventory, stockId)).toMatchObject({ reserved: 5 });
  expect(await toldOf(inventoryReleased, order)).toMatchObject([{ reason: 'superseded' }]);
});

test('a cancelled order gives back what it held', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 4 });
  await inventory.deliver(orderCreated, order);
  await inventory.deliver(orderCancelled, cancelled(order));
  expect(await figures(inventory, stockId)).toEqual({ onHand: 5, reserved: 0, available: 5 });
  expect(await toldOf(inventoryReleased, order)).toMatchObject([{ reason: 'cancelled', lines: [{ sku: 'mug', quantity: 4 }] }]);
});

test('an imported order leaves at once', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 2 });
  await inventory.deliver(orderCreated, { ...order, source: 'import' });
  await inventory.deliver(orderShipped, shipped(order, 2));
  expect(await figures(inventory, stockId)).toEqual({ onHand: 3, reserved: 0, available: 3 });
});

test('returned goods go back on the shelf, scrapped ones do not', async () => {
  const line = { lineId: newId(), sku: 'mug', quantity: 1, warehouseId, tracked: true };
  const lines = [
    { ...line, fate: 'restock' as const },
    { ...line, fate: 'scrap' as const },
  ];
  const order = newOrder(tenant, [warehouseId], { mug: 1 });
  await inventory.deliver(returnReceived, { ...returnReceived.example, ...refOf(order), returnId: newId(), lines });
  expect(await figures(inventory, stockId)).toMatchObject({ onHand: 6 });
  expect(await inventory.db(movements).findOne({ stockId, kind: 'restocked' })).toMatchObject({
    delta: 1,
    cause: { type: 'return' },
  });
});

test('goods returned to a warehouse that is not there are set aside as a dead letter', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 1 });
  const lines = [{ lineId: newId(), sku: 'mug', quantity: 1, warehouseId: newId(), tracked: true, fate: 'restock' as const }];
  expect(await inventory.deliver(returnReceived, { ...returnReceived.example, ...refOf(order), returnId: newId(), lines })).toBe(
    'SUCCESS',
  );
  expect(inventory.deadLetters.at(-1)).toMatchObject({ reason: expect.stringContaining('inventory.unknown_warehouse') });
});

test('every event three times and shuffled ends in the same state', async () => {
  const orders = [1, 1, 2].map((quantity) => newOrder(tenant, [warehouseId], { mug: quantity }));
  const [first, second, third] = orders as [PlacedOrder, PlacedOrder, PlacedOrder];
  const events = [
    ...orders.map((order, index) => envelopeFor(orderCreated, order, { sequence: 1000 + index })),
    envelopeFor(orderConfirmed, confirmed(first), { sequence: 2000 }),
    envelopeFor(orderShipped, shipped(first, 1), { sequence: 3000 }),
    envelopeFor(orderCancelled, cancelled(second), { sequence: 2000 }),
    envelopeFor(orderConfirmed, confirmed(third), { sequence: 2000 }),
  ];
  // Alone, so that the delivery cannot put them back in their sequence.
  for (const event of [...events.toReversed(), ...events, ...events.toReversed()])
    expect(await inventory.deliverEnvelope(event)).toBe('SUCCESS');
  expect(await Promise.all(orders.map(stateOf))).toEqual(['shipped', 'released', 'allocated']);
  expect(await figures(inventory, stockId)).toEqual({ onHand: 4, reserved: 2, available: 2 });
  expect(await toldOf(inventoryShipped, first)).toHaveLength(1);
});

test('of 200 orders for 20 pieces exactly 20 are held', async () => {
  await inventory.request('PUT', `/inventory/${stockId}/stock`, { as: tenant.admin, body: { onHand: 20 } });
  const before = (await inventory.published(inventoryUpdated)).length;
  const orders = Array.from({ length: 200 }, () => newOrder(tenant, [warehouseId], { mug: 1 }));
  const events = orders.map((order) => envelopeFor(orderCreated, order));
  const statuses = await Promise.all(
    [events.slice(0, 90), events.slice(90), events.slice(40, 120)].map((some) => inventory.deliverAll(some)),
  );
  expect(new Set(statuses.flat())).toEqual(new Set(['SUCCESS']));
  expect(await figures(inventory, stockId)).toEqual({ onHand: 20, reserved: 20, available: 0 });
  expect(await inventory.db(holds).count({ companyId: tenant.companyId, state: 'reserved' })).toBe(20);
  expect(await inventory.db(holds).count({ companyId: tenant.companyId, state: 'failed' })).toBe(180);
  const told = (await inventory.published(inventoryReserved)).filter(({ data }) => data.companyId === tenant.companyId);
  expect(told).toHaveLength(20);
  // One event for all changes of a commit, not one for each order.
  expect((await inventory.published(inventoryUpdated)).length - before).toBeLessThan(10);
});

describe('the reservation that sales asks for', () => {
  const request = (order: PlacedOrder) => {
    const { orderId, revision, companyId, shopId, warehouseIds, holdUntil } = order;
    const lines = order.lines.map(({ lineId, sku, quantity, tracked, backorder }) => ({
      lineId,
      sku,
      quantity,
      tracked,
      backorder,
    }));
    return { orderId, revision, companyId, shopId, warehouseIds, holdUntil, lines };
  };
  const ask = (order: PlacedOrder) => inventory.request('POST', askReservation.path, { app: 'sales', body: request(order) });

  test('is the one that stands, or is made now', async () => {
    const order = newOrder(tenant, [warehouseId], { mug: 2 });
    const made = await ask(order);
    expect(made).toMatchObject({ status: 200, body: { outcome: 'reserved', until: order.holdUntil } });
    await inventory.deliver(orderCreated, order);
    expect((await ask(order)).body).toEqual(made.body);
    expect(await figures(inventory, stockId)).toMatchObject({ reserved: 2 });
  });

  test('is refused when short, and released after a cancel', async () => {
    const [large, over] = [newOrder(tenant, [warehouseId], { mug: 9 }), newOrder(tenant, [warehouseId], { mug: 1 })];
    expect((await ask(large)).body).toEqual({ outcome: 'failed', short: [{ sku: 'mug', requested: 9, available: 5 }] });
    await inventory.deliver(orderCancelled, cancelled(over));
    expect((await ask(over)).body).toEqual({ outcome: 'released' });
  });

  test('is asked by sales only', async () => {
    const body = request(newOrder(tenant, [warehouseId], { mug: 1 }));
    expect(await inventory.request('POST', askReservation.path, { app: 'gateway', body })).toMatchObject({ status: 404 });
    expect(await inventory.request('POST', askReservation.path, { app: 'debt', body })).toMatchObject({ status: 403 });
  });
});

test('staff list what is held for their shop, a stranger nothing', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 2 });
  await inventory.deliver(orderCreated, order);
  const list = async (as: Person) => (await inventory.request('GET', '/inventory/reservations', { as })).body.data;
  expect(await list(shopStaff(tenant.companyId, [tenant.shopId]))).toMatchObject([
    { orderId: order.orderId, state: 'reserved', lines: [{ quantity: 2 }] },
  ]);
  expect(await list(shopStaff(tenant.companyId, [newId()]))).toEqual([]);
  expect(await list(companyAdmin(newId()))).toEqual([]);
});

describe('a hold whose end is long past', () => {
  const state = (order: PlacedOrder, also: object) => ({
    ...refOf(order),
    orderNumber: 'NM-1',
    revision: 1,
    source: 'checkout' as const,
    status: 'pending' as const,
    phase: 'open' as const,
    paymentMethod: 'sandbox' as const,
    amount: 1,
    currency: 'USD',
    holdUntil: order.holdUntil,
    ...also,
  });
  const MINUTES = 60_000;

  test('is kept, made longer or let go as sales says, and not before', async () => {
    const kinds = ['cancelled', 'confirmed', 'longer', 'unknown', 'silent'] as const;
    const orders = kinds.map(() => ({
      ...newOrder(tenant, [warehouseId], { mug: 1 }),
      holdUntil: new Date(Date.now() + 1 * MINUTES).toISOString(),
    }));
    for (const order of orders) await inventory.deliver(orderCreated, order);
    const longer = new Date(Date.now() + 60 * MINUTES).toISOString();
    inventory.sidecar.answer(getOrderState, ({ params }) => {
      const index = orders.findIndex(({ orderId }) => orderId === params.id);
      const order = orders[index]!;
      if (kinds[index] === 'unknown')
        throw Object.assign(new Error('unknown'), { status: 404, code: 'not_found', title: 'unknown' });
      if (kinds[index] === 'silent') throw new Error('sales is away');
      const answers = {
        cancelled: { status: 'cancelled' as const },
        confirmed: { status: 'confirmed' as const },
        longer: { holdUntil: longer },
      };
      return state(order, answers[kinds[index] as keyof typeof answers]);
    });
    await inventory.runJob('settle-overdue-holds');
    expect(new Set(await Promise.all(orders.map(stateOf)))).toEqual(new Set(['reserved']));
    inventory.advance(12 * MINUTES);
    await inventory.runJob('settle-overdue-holds');
    expect(await Promise.all(orders.map(stateOf))).toEqual(['released', 'allocated', 'reserved', 'released', 'reserved']);
    expect(await toldOf(inventoryReleased, orders[0]!)).toMatchObject([{ reason: 'expired' }]);
    expect((await toldOf(inventoryReserved, orders[2]!)).map(({ until }) => until)).toEqual([orders[2]?.holdUntil, longer]);
    expect(await figures(inventory, stockId)).toMatchObject({ reserved: 3 });
  });
});
