import {
  companySettingsUpdated,
  inventoryAdjusted,
  inventoryHoldBroken,
  inventoryUpdated,
  orderCreated,
  productCreated,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopStaff, superAdmin } from '@souk/testing';
import type { Tenant } from './running-inventory.ts';
import { addWarehouse, figures, newOrder, newTenant, receive, startInventory } from './running-inventory.ts';

let inventory: TestService;
let tenant: Tenant;
let warehouseId: string;

beforeAll(async () => {
  inventory = await startInventory();
});
afterAll(() => inventory.stop());
beforeEach(async () => {
  tenant = newTenant();
  warehouseId = await addWarehouse(inventory, tenant);
});

const post = (path: string, body: unknown, key: string | undefined = newId()) =>
  inventory.request('POST', path, { as: tenant.admin, key, body });
const get = (path: string, as = tenant.admin) => inventory.request('GET', path, { as });

test('a stock item is made with what is on the shelf, once', async () => {
  const body = { sku: 'mug', warehouseId, quantity: 7, threshold: 2, bin: 'A-3', cost: { amount: 450, currency: 'EUR' } };
  const made = await post('/inventory', body);
  expect(made).toMatchObject({
    status: 201,
    body: { onHand: 7, reserved: 0, available: 7, level: 'ok', threshold: 2, bin: 'A-3', cost: body.cost },
  });
  expect(made.headers.location).toBe(`/api/inventory/${made.body.id}`);
  expect(await post('/inventory', body)).toMatchObject({ status: 409, body: { code: 'inventory.stock_exists' } });
  const moved = await get(`/inventory/${made.body.id}/movements`);
  expect(moved.body.data).toMatchObject([
    { kind: 'received', delta: 7, before: 0, after: 7, cause: { type: 'opening' }, actorId: tenant.admin.userId },
  ]);
  const told = (await inventory.published(inventoryUpdated)).filter(({ subject }) => subject === made.body.id);
  expect(told).toMatchObject([{ companyid: tenant.companyId, data: { cause: 'created', onHand: 7 } }]);
});

test('goods received twice with one key are received once', async () => {
  const key = newId();
  const body = {
    lines: [
      { sku: 'mug', warehouseId, quantity: 3 },
      { sku: 'cup', warehouseId, quantity: 2 },
      { sku: 'mug', warehouseId, quantity: 1 },
    ],
  };
  const first = await post('/inventory/receive', body, key);
  expect(first).toMatchObject({
    status: 201,
    body: {
      items: [
        { sku: 'mug', onHand: 4 },
        { sku: 'cup', onHand: 2 },
      ],
    },
  });
  const second = await post('/inventory/receive', body, key);
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect((await get('/inventory/sku/mug')).body.data).toMatchObject([{ onHand: 4 }]);
});

test('a new item takes the threshold of its company and the product of its sku', async () => {
  const product = { ...productCreated.example, productId: newId(), companyId: tenant.companyId };
  const variants = [{ ...product.variants[0]!, variantId: newId(), sku: 'cup' }];
  await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 1 });
  await inventory.deliver(productCreated, {
    ...product,
    variants: [{ ...variants[0]!, variantId: newId(), sku: 'mug' }, ...variants],
  });
  const { settings } = companySettingsUpdated.example;
  await inventory.deliver(companySettingsUpdated, {
    ...companySettingsUpdated.example,
    companyId: tenant.companyId,
    settings: { ...settings, lowStockThreshold: 4 },
  });
  await receive(inventory, tenant, { sku: 'cup', warehouseId, quantity: 4 });
  const { body } = await get(`/inventory/product/${product.productId}`);
  expect(body.data).toMatchObject([
    { sku: 'cup', variantId: variants[0]?.variantId, threshold: 4, level: 'low' },
    { sku: 'mug', threshold: 0, level: 'ok' },
  ]);
});

test('lists filter by level, warehouse and sku, page by page', async () => {
  const other = await addWarehouse(inventory, tenant);
  const low = await receive(inventory, tenant, { sku: 'low', warehouseId, quantity: 2 });
  const out = await receive(inventory, tenant, { sku: 'out', warehouseId, quantity: 1 });
  await receive(inventory, tenant, { sku: 'ok', warehouseId: other, quantity: 9 });
  await inventory.request('PUT', `/inventory/${low}/threshold`, { as: tenant.admin, body: { threshold: 5 } });
  await inventory.request('PUT', `/inventory/${out}/stock`, { as: tenant.admin, body: { onHand: 0 } });
  const skus = async (query: string) => (await get(`/inventory?${query}`)).body.data.map(({ sku }: { sku: string }) => sku);
  expect(await skus('low=true')).toEqual(['out', 'low']);
  expect(await skus('out=true')).toEqual(['out']);
  expect(await skus(`warehouseId=${other}`)).toEqual(['ok']);
  expect(await skus('sku=low')).toEqual(['low']);
  const first = await get('/inventory?limit=2');
  expect(first.body.data).toHaveLength(2);
  expect(await skus(`limit=2&cursor=${first.body.nextCursor}`)).toEqual(['low']);
  expect(await get('/inventory?limit=0')).toMatchObject({ status: 422 });
  expect(await get('/inventory?low=perhaps')).toMatchObject({ status: 422 });
});

test('an adjustment is a movement with its reason, and tells', async () => {
  const id = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 5 });
  expect(await post(`/inventory/${id}/adjust`, { delta: -2, reason: 'damage', note: 'fell down' })).toMatchObject({
    status: 200,
    body: { onHand: 3 },
  });
  expect(await post(`/inventory/${id}/adjust`, { counted: 8, reason: 'count' })).toMatchObject({
    status: 200,
    body: { onHand: 8 },
  });
  expect((await get(`/inventory/${id}/movements`)).body.data).toMatchObject([
    { kind: 'adjusted', delta: 5, reason: 'count' },
    { kind: 'adjusted', delta: -2, reason: 'damage', note: 'fell down' },
    { kind: 'received', delta: 5 },
  ]);
  const told = (await inventory.published(inventoryAdjusted)).filter(({ subject }) => subject === id);
  expect(told.map(({ data }) => data)).toMatchObject([
    { delta: -2, reason: 'damage' },
    { delta: 5, reason: 'count' },
  ]);
  expect(JSON.stringify(told)).not.toContain('fell down');
});

test('answers 409 below zero, 422 to a loss that adds, 400 without a key, 412 to an old version; nothing is written', async () => {
  const id = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 5 });
  expect(await post(`/inventory/${id}/adjust`, { delta: -6, reason: 'loss' })).toMatchObject({
    status: 409,
    body: { code: 'inventory.not_enough_on_hand' },
  });
  for (const body of [
    { delta: 1, reason: 'loss' },
    { delta: 0, reason: 'count' },
    { delta: -1 },
    { delta: -1, counted: 2, reason: 'count' },
  ])
    expect(await post(`/inventory/${id}/adjust`, body)).toMatchObject({ status: 422 });
  const keyless = await inventory.request('POST', `/inventory/${id}/adjust`, {
    as: tenant.admin,
    body: { delta: -1, reason: 'loss' },
  });
  expect(keyless).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } });
  const stale = { as: tenant.admin, body: { onHand: 1 }, headers: { 'if-match': '"v9"' } };
  expect(await inventory.request('PUT', `/inventory/${id}/stock`, stale)).toMatchObject({ status: 412 });
  expect((await get(`/inventory/${id}/movements`)).body.data).toHaveLength(1);
});

test('an adjustment below what is promised is recorded and breaks the newest hold', async () => {
  const id = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 4 });
  const [older, newer] = [newOrder(tenant, [warehouseId], { mug: 2 }), newOrder(tenant, [warehouseId], { mug: 2 })];
  await inventory.deliver(orderCreated, older);
  await inventory.deliver(orderCreated, newer);
  await post(`/inventory/${id}/adjust`, { delta: -1, reason: 'damage' });
  expect(await figures(inventory, id)).toEqual({ onHand: 3, reserved: 3, available: 0 });
  const told = (await inventory.published(inventoryHoldBroken)).filter(({ data }) => data.companyId === tenant.companyId);
  expect(told).toMatchObject([{ subject: newer.orderId, data: { orderId: newer.orderId, sku: 'mug', quantity: 1 } }]);
});

test('answers 403 to readers and 404 to strangers, whose warehouse ids find nothing', async () => {
  const id = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 5 });
  const stranger = companyAdmin(newId());
  const body = { delta: -1, reason: 'loss' };
  for (const as of [superAdmin(), shopStaff(tenant.companyId, [tenant.shopId]), customer()])
    expect(await inventory.request('POST', `/inventory/${id}/adjust`, { as, key: newId(), body })).toMatchObject({ status: 403 });
  expect(await inventory.request('POST', `/inventory/${id}/adjust`, { as: stranger, key: newId(), body })).toMatchObject({
    status: 404,
  });
  expect(await inventory.request('PUT', `/inventory/${id}/threshold`, { as: stranger, body: { threshold: 1 } })).toMatchObject({
    status: 404,
  });
  expect(await get(`/inventory/${id}/movements`, stranger)).toMatchObject({ status: 404 });
  const lines = [{ sku: 'mug', warehouseId, quantity: 1 }];
  const foreign = await inventory.request('POST', '/inventory/receive', { as: stranger, key: newId(), body: { lines } });
  expect(foreign).toMatchObject({ status: 404, body: { code: 'inventory.unknown_warehouse' } });
  expect(await get('/inventory', superAdmin())).toMatchObject({ status: 200 });
  expect((await get('/inventory', stranger)).body.data).toEqual([]);
});

test('many adjustments at once are all booked', async () => {
  const id = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 100 });
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => post(`/inventory/${id}/adjust`, { delta: -1, reason: 'loss' })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await figures(inventory, id)).toMatchObject({ onHand: 40 });
  expect((await get(`/inventory/${id}/movements?limit=100`)).body.data).toHaveLength(61);
});
