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
  await inventory.db(stock).updateOne({ _id: stockId }, { $set: { onHand: 6, reserved: 1 } });
  await inventory.runJob('check-stock');
  expect(found.mock.calls).toEqual([[{ stockId, onHand: 6, moved: 5, reserved: 1, held: 2 }, expect.any(String)]]);
});
