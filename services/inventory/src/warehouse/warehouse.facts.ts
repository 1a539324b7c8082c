import type { warehouseCreated, warehouseUpdated } from '@souk/contracts';
import { warehouseDeleted } from '@souk/contracts';
import type { Tx } from '@souk/service-kit';
import { changesBetween } from '@souk/service-kit';
import type { Warehouse } from './warehouse.store.ts';

/** Typed by people, and may say where somebody lives: the audit trail names these without their values. */
const PERSONAL = ['name', 'address'];

/** Tells of a new or changed warehouse in the transaction that writes it. */
export function tellWarehouse(
  tx: Tx,
  contract: typeof warehouseCreated | typeof warehouseUpdated,
  { before, after }: { before: Warehouse | null; after: Warehouse },
): void {
  const { _id: warehouseId, version, companyId, code, address, shopIds, isActive, updatedAt } = after;
  const { country } = address;
  const data = { warehouseId, companyId, code, country, shopIds, isActive, at: updatedAt.toISOString() };
  tx.publish(contract, { subject: warehouseId, version, companyId, data, changes: changesBetween(before, after, PERSONAL) });
}

/** Tells of a warehouse that is gone, as the last change of it. */
export function tellDeleted(tx: Tx, { _id: warehouseId, companyId, version, code }: Warehouse, now: Date): void {
  const data = { warehouseId, companyId, at: now.toISOString() };
  const changes = changesBetween({ code }, {});
  tx.publish(warehouseDeleted, { subject: warehouseId, version: version + 1, companyId, data, changes });
}
