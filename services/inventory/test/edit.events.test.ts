import type { EventData } from '@souk/contracts';
import {
  askReservation,
  inventoryReleased,
  inventoryReservationFailed,
  inventoryReserved,
  orderCancelled,
  orderConfirmed,
  orderCreated,
  orderItemChanged,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { envelopeFor } from '@souk/testing';
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

const edited = (order: PlacedOrder, quantity: number, revision = 2): EventData<typeof orderItemChanged> => ({
  ...order,
  lines: order.lines.map((line) => ({ ...line, quantity })),
  revision,
  previousRevision: revision - 1,
});
const reserved = async () => (await figures(inventory, stockId)).reserved;
const toldOf = async <Data>(contract: Parameters<typeof inventory.published<Data>>[0], { orderId }: PlacedOrder) =>
  (await inventory.published(contract)).filter(({ subject }) => subject === orderId).map(({ data }) => data);

test('an order with fewer pieces frees the others, with more takes them of what is there', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 4 });
  await inventory.deliver(orderCreated, order);
  await inventory.deliver(orderItemChanged, edited(order, 1));
  expect(await reserved()).toBe(1);
  // Its own pieces are free for it: of five, four held, five can be had.
  await inventory.deliver(orderItemChanged, edited(order, 5, 3));
  expect(await reserved()).toBe(5);
  const answers = await toldOf<EventData<typeof inventoryReserved>>(inventoryReserved, order);
  expect(answers.map(({ revision, lines }) => [revision, lines[0]?.quantity])).toEqual([
    [1, 4],
    [2, 1],
    [3, 5],
  ]);
  expect(await toldOf(inventoryReleased, order)).toMatchObject([{ reason: 'superseded' }, { reason: 'superseded' }]);
});

test('an edit that cannot be held holds nothing, and says so of its revision', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 4 });
  await inventory.deliver(orderCreated, order);
  await inventory.deliver(orderItemChanged, edited(order, 6));
  expect(await reserved()).toBe(0);
  expect(await toldOf(inventoryReservationFailed, order)).toMatchObject([
    { revision: 2, short: [{ sku: 'mug', requested: 6, available: 5 }] },
  ]);
});

test('revisions in any sequence, each told of three times, end in what the newest says', async () => {
  const sequences = [
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ];
  for (const sequence of sequences) {
    const order = newOrder(tenant, [warehouseId], { mug: 4 });
    const events = [
      envelopeFor(orderCreated, order),
      envelopeFor(orderItemChanged, edited(order, 2, 2)),
      envelopeFor(orderItemChanged, edited(order, 3, 3)),
    ];
    for (const revision of [...sequence, ...sequence, ...sequence])
      expect(await inventory.deliverEnvelope(events[revision - 1]!)).toBe('SUCCESS');
    expect(await reserved()).toBe(3);
    const { orderId, companyId, shopId } = order;
    await inventory.deliver(orderCancelled, { ...orderCancelled.example, orderId, companyId, shopId, lines: order.lines });
    expect(await reserved()).toBe(0);
  }
});

test('whoever asks for an older revision is told that it holds nothing any more', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 4 });
  await inventory.deliver(orderItemChanged, edited(order, 2));
  const { orderId, companyId, shopId, warehouseIds, lines, holdUntil } = order;
  const body = { orderId, revision: 1, companyId, shopId, warehouseIds, lines, holdUntil };
  const asked = await inventory.request(askReservation.method, askReservation.path, { app: 'sales', key: newId(), body });
  expect(asked.body).toEqual({ outcome: 'released' });
  expect(await reserved()).toBe(2);
});

test('a confirmation of a revision that is not held yet waits for it', async () => {
  const order = newOrder(tenant, [warehouseId], { mug: 4 });
  await inventory.deliver(orderCreated, order);
  const { orderId, companyId, shopId } = order;
  const confirmed = { ...orderConfirmed.example, orderId, companyId, shopId, revision: 2, lines: order.lines };
  await inventory.deliver(orderConfirmed, confirmed);
  const query = `/inventory/reservations?orderId=${orderId}`;
  const states = async () =>
    (await inventory.request('GET', query, { as: tenant.admin })).body.data.map(({ state }: { state: string }) => state);
  expect(await states()).toEqual(['reserved']);
  await inventory.deliver(orderItemChanged, edited(order, 2));
  expect([await states(), await reserved()]).toEqual([['allocated'], 2]);
});
