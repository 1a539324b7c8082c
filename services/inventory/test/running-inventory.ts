import type { EventData, orderCreated } from '@souk/contracts';
import { orderCreated as placed } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';
import { stock } from '../src/stock/stock.store.ts';

export type PlacedOrder = EventData<typeof orderCreated>;

export interface Tenant {
  companyId: string;
  shopId: string;
  admin: ReturnType<typeof companyAdmin>;
}

export const startInventory = (): Promise<TestService> => startTestService(service);

export function newTenant(): Tenant {
  const companyId = newId();
  return { companyId, shopId: newId(), admin: companyAdmin(companyId) };
}

let codes = 0;

export async function addWarehouse(inventory: TestService, { admin }: Tenant): Promise<string> {
  codes += 1;
  const body = { name: 'Main', code: `W-${codes}`, address: { city: 'Lyon', country: 'FR' } };
  const answer = await inventory.request('POST', '/warehouses', { as: admin, body });
  return answer.body.id;
}

/** Receives goods; gives the id of the stock item. */
export async function receive(
  inventory: TestService,
  { admin }: Tenant,
  line: { sku: string; warehouseId: string; quantity: number },
): Promise<string> {
  const answer = await inventory.request('POST', '/inventory/receive', { as: admin, key: newId(), body: { lines: [line] } });
  return answer.body.items[0].id;
}

export function newOrder({ companyId, shopId }: Tenant, warehouseIds: string[], quantities: Record<string, number>): PlacedOrder {
  const lines = Object.entries(quantities).map(([sku, quantity]) => ({
    ...placed.example.lines[0]!,
    lineId: newId(),
    sku,
    quantity,
  }));
  const holdUntil = new Date(Date.now() + 900_000).toISOString();
  return { ...placed.example, orderId: newId(), companyId, shopId, warehouseIds, lines, holdUntil };
}

/** What one stock item says. */
export async function figures(
  inventory: TestService,
  id: string,
): Promise<{ onHand: number; reserved: number; available: number }> {
  const found = await inventory.db(stock).findOne({ _id: id });
  if (!found) throw new Error(`no stock item ${id}`);
  const { onHand, reserved, available } = found;
  return { onHand, reserved, available };
}
