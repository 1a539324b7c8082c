import { orderCreated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { stock } from '../src/stock/stock.store.ts';
import { addWarehouse, newOrder, newTenant, receive, startInventory } from './running-inventory.ts';

let inventory: TestService;
beforeAll(async () => {
  inventory = await startInventory();
});
afterAll(() => inventory.stop());

test('the self-check is silent while figures agree and names an item whose figures do not', async () => {
  const tenant = newTenant();
  const warehouseId = await addWarehouse(inventory, tenant);
  const stockId = await receive(inventory, tenant, { sku: 'mug', warehouseId, quantity: 5 });
  await inventory.deliver(orderCreated, newOrder(tenant, [warehouseId], { mug: 2 }));
  const found = jest.spyOn(inventory.running.runtime.log, 'error').mockImplementation(() => undefined);
  await inventory.runJob('check-stock');
  expect(found).not.toHaveBeenCalled();
  expect(await scrape('faults')).toEqual({ stock_as_moved: 0, stock_as_held: 0, stock_not_oversold: 0 });
  await inventory.db(stock).updateOne({ _id: stockId }, { $set: { onHand: 6, reserved: 1 } });
  await inventory.runJob('check-stock');
  expect(found.mock.calls).toEqual([[{ stockId, onHand: 6, moved: 5, reserved: 1, held: 2 }, expect.any(String)]]);
  expect(await scrape('faults')).toEqual({ stock_as_moved: 1, stock_as_held: 1, stock_not_oversold: 0 });
});

test('a scrape tells of items of which more is promised than there is, and since when nobody has looked', async () => {
  const tenant = newTenant();
  const stockId = await receive(inventory, tenant, {
    sku: 'cup',
    warehouseId: await addWarehouse(inventory, tenant),
    quantity: 1,
  });
  await inventory.db(stock).updateOne({ _id: stockId }, { $set: { reserved: 2 } });
  jest.spyOn(inventory.running.runtime.log, 'error').mockImplementation(() => undefined);
  await inventory.runJob('check-stock');
  expect(await scrape('faults')).toMatchObject({ stock_not_oversold: 1 });
  inventory.advance(600_000);
  const { stock_not_oversold: ageSeconds = 0 } = await scrape('check_age_seconds');
  expect(Math.floor(ageSeconds / 60)).toBe(10);
});

async function scrape(name: string): Promise<Record<string, number>> {
  const { body } = await inventory.request('GET', '/metrics');
  const lines = String(body).matchAll(new RegExp(`^souk_invariant_${name}\\{invariant="(\\w+)".*\\} (\\S+)$`, 'gm'));
  return Object.fromEntries([...lines].map(([, invariant, value]) => [invariant, Number(value)]));
}
