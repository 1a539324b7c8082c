import { shopCreated, shopDeleted, shopUpdated, warehouseCreated, warehouseDeleted, warehouseUpdated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin } from '@souk/testing';
import type { Tenant } from './running-inventory.ts';
import { addWarehouse, newTenant, receive, startInventory } from './running-inventory.ts';

let inventory: TestService;
let tenant: Tenant;
const body = { name: 'Lyon', code: 'LYS-1', address: { city: 'Lyon', country: 'FR' } };

beforeAll(async () => {
  inventory = await startInventory();
});
afterAll(() => inventory.stop());
beforeEach(() => {
  tenant = newTenant();
});

test('a company admin adds, reads, changes and deletes a warehouse', async () => {
  const made = await inventory.request('POST', '/warehouses', { as: tenant.admin, body });
  expect(made).toMatchObject({ status: 201, body: { ...body, isActive: true, shopIds: [], companyId: tenant.companyId } });
  const path = `/warehouses/${made.body.id}`;
  expect(made.headers.location).toBe(`/api${path}`);
  const read = await inventory.request('GET', path, { as: tenant.admin });
  const change = { as: tenant.admin, body: { ...body, name: 'Lyon South' }, headers: { 'if-match': String(read.headers.etag) } };
  expect(await inventory.request('PUT', path, change)).toMatchObject({ status: 200, body: { name: 'Lyon South' } });
  expect(await inventory.request('PUT', path, change)).toMatchObject({ status: 412 });
  expect(await inventory.request('GET', '/warehouses', { as: tenant.admin })).toMatchObject({
    status: 200,
    body: { data: [{ name: 'Lyon South' }] },
  });
  expect(await inventory.request('DELETE', path, { as: tenant.admin })).toMatchObject({ status: 204 });
  expect(await inventory.request('GET', path, { as: tenant.admin })).toMatchObject({ status: 404 });
});

test('tells of a warehouse that is added, changed and deleted, and of nothing that was refused', async () => {
  const { admin, companyId } = tenant;
  const made = await inventory.request('POST', '/warehouses', { as: admin, body });
  const path = `/warehouses/${made.body.id}`;
  await inventory.request('PUT', path, { as: admin, body: { ...body, name: 'At Ada Byron', isActive: false } });
  await inventory.request('PUT', path, { as: admin, body, headers: { 'if-match': '"v1"' } });
  await inventory.request('POST', '/warehouses', { as: admin, body });
  await inventory.request('DELETE', path, { as: admin });
  const types = [warehouseCreated, warehouseUpdated, warehouseDeleted];
  const told = (await Promise.all(types.map((type) => inventory.published<unknown>(type)))).flat();
  const ours = told.filter(({ companyid }) => companyid === companyId);
  expect(ours.map(({ type, sequence, data }) => [type, sequence, data])).toEqual([
    ['warehouse.created', 1_000, expect.objectContaining({ warehouseId: made.body.id, code: 'LYS-1', country: 'FR' })],
    ['warehouse.updated', 2_000, expect.objectContaining({ isActive: false, shopIds: [] })],
    ['warehouse.deleted', 3_000, expect.objectContaining({ warehouseId: made.body.id })],
  ]);
  const [, updated] = ours;
  expect(updated?.changes).toEqual([{ field: 'name' }, { field: 'isActive', before: true, after: false }]);
  expect(JSON.stringify(ours)).not.toContain('Ada');
});

test('answers 409 when the code is taken in the company, and not when in another', async () => {
  await inventory.request('POST', '/warehouses', { as: tenant.admin, body });
  expect(await inventory.request('POST', '/warehouses', { as: tenant.admin, body })).toMatchObject({
    status: 409,
    body: { code: 'inventory.warehouse_code_taken' },
  });
  expect(await inventory.request('POST', '/warehouses', { as: newTenant().admin, body })).toMatchObject({ status: 201 });
});

test('answers 409 to deleting a warehouse that holds stock', async () => {
  const id = await addWarehouse(inventory, tenant);
  const stockId = await receive(inventory, tenant, { sku: 'mug', warehouseId: id, quantity: 1 });
  expect(await inventory.request('DELETE', `/warehouses/${id}`, { as: tenant.admin })).toMatchObject({
    status: 409,
    body: { code: 'inventory.warehouse_holds_stock' },
  });
  await inventory.request('PUT', `/inventory/${stockId}/stock`, { as: tenant.admin, body: { onHand: 0 } });
  expect(await inventory.request('DELETE', `/warehouses/${id}`, { as: tenant.admin })).toMatchObject({ status: 204 });
});

test('an inactive warehouse takes no goods in', async () => {
  const id = await addWarehouse(inventory, tenant);
  await inventory.request('PUT', `/warehouses/${id}`, { as: tenant.admin, body: { ...body, isActive: false } });
  const lines = [{ sku: 'mug', warehouseId: id, quantity: 1 }];
  const answer = await inventory.request('POST', '/inventory/receive', { as: tenant.admin, key: newId(), body: { lines } });
  expect(answer).toMatchObject({ status: 409, body: { code: 'inventory.warehouse_inactive' } });
});

test('staff see the warehouses of their shops and their stock, as the shop service last said', async () => {
  const [mine, other] = [await addWarehouse(inventory, tenant), await addWarehouse(inventory, tenant)];
  const stockId = await receive(inventory, tenant, { sku: 'mug', warehouseId: mine, quantity: 1 });
  const manager = shopManager(tenant.companyId, [tenant.shopId]);
  const seen = async () =>
    (await inventory.request('GET', '/warehouses', { as: manager })).body.data.map((each: { id: string }) => each.id);
  expect(await seen()).toEqual([]);
  const shop = { ...shopCreated.example, shopId: tenant.shopId, companyId: tenant.companyId };
  await inventory.deliver(shopUpdated, { ...shop, warehouseIds: [mine] }, { sequence: 2000 });
  await inventory.deliver(shopCreated, { ...shop, warehouseIds: [other] }, { sequence: 1000 });
  expect(await seen()).toEqual([mine]);
  expect(await inventory.request('GET', `/inventory/${stockId}`, { as: manager })).toMatchObject({
    status: 200,
    body: { shopIds: [tenant.shopId] },
  });
  expect(await inventory.request('PUT', `/warehouses/${mine}`, { as: manager, body: { ...body, code: 'M-1' } })).toMatchObject({
    status: 200,
  });
  expect(await inventory.request('PUT', `/warehouses/${other}`, { as: manager, body: { ...body, code: 'M-2' } })).toMatchObject({
    status: 404,
  });
  await inventory.deliver(shopDeleted, { shopId: tenant.shopId, companyId: tenant.companyId, at: shop.at }, { sequence: 3000 });
  expect(await seen()).toEqual([]);
  expect(await inventory.request('GET', `/inventory/${stockId}`, { as: manager })).toMatchObject({ status: 404 });
});

test('answers 403 to a role without the operation and 404 to another company', async () => {
  const id = await addWarehouse(inventory, tenant);
  const staff = shopStaff(tenant.companyId, [tenant.shopId]);
  for (const as of [superAdmin(), shopManager(tenant.companyId, [tenant.shopId]), staff, customer()])
    expect(await inventory.request('POST', '/warehouses', { as, body })).toMatchObject({ status: 403 });
  expect(await inventory.request('GET', '/warehouses', { as: customer() })).toMatchObject({ status: 403 });
  expect(await inventory.request('GET', '/warehouses')).toMatchObject({ status: 401 });
  expect(await inventory.request('GET', `/warehouses/${id}`, { as: companyAdmin(newId()) })).toMatchObject({ status: 404 });
  expect(await inventory.request('DELETE', `/warehouses/${id}`, { as: companyAdmin(newId()) })).toMatchObject({ status: 404 });
  expect(await inventory.request('GET', `/warehouses/${id}`, { as: superAdmin() })).toMatchObject({ status: 200 });
});

test('answers 422 to a body that is not as it must be', async () => {
  for (const wrong of [
    {},
    { ...body, code: 'a b' },
    { ...body, extra: 1 },
    { ...body, address: { city: 'Lyon', country: 'France' } },
  ])
    expect(await inventory.request('POST', '/warehouses', { as: tenant.admin, body: wrong })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request' },
    });
});
