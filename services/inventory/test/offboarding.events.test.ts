import { companySettingsUpdated, orderCreated, productCreated, shopCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { deleteCompany, holdingsOf, purgeCompanies } from '@souk/testing';
import type { Tenant } from './running-inventory.ts';
import { addWarehouse, newOrder, newTenant, receive, startInventory } from './running-inventory.ts';

let inventory: TestService;
beforeAll(async () => {
  inventory = await startInventory();
});
afterAll(() => inventory.stop());

/** A warehouse with goods of which some are held, and all that other services told. */
async function trade(tenant: Tenant): Promise<void> {
  const { companyId, shopId } = tenant;
  const warehouseId = await addWarehouse(inventory, tenant);
  const sku = `SKU-${companyId}`;
  await receive(inventory, tenant, { sku, warehouseId, quantity: 5 });
  const variants = [{ ...productCreated.example.variants[0]!, sku }];
  await inventory.deliver(shopCreated, { ...shopCreated.example, companyId, shopId, warehouseIds: [warehouseId] });
  await inventory.deliver(productCreated, { ...productCreated.example, companyId, productId: newId(), variants });
  await inventory.deliver(companySettingsUpdated, { ...companySettingsUpdated.example, companyId });
  await inventory.deliver(orderCreated, newOrder(tenant, [warehouseId], { [sku]: 2 }));
}

test('all of a deleted company is purged when due, and nothing of another', async () => {
  const [gone, left] = [newTenant(), newTenant()];
  for (const tenant of [gone, left]) await trade(tenant);
  const all = { stock: 1, movements: 1, holds: 1, warehouses: 1, shops: 1, products: 1, settings: 1 };
  expect(await deleteCompany(inventory, gone.companyId)).toBe('SUCCESS');
  expect(await holdingsOf(inventory, gone.companyId)).toEqual(all);
  await purgeCompanies(inventory);
  expect(await holdingsOf(inventory, gone.companyId)).toEqual({});
  expect(await holdingsOf(inventory, left.companyId)).toEqual(all);
});
