import { id, instant } from '@souk/contracts';
import { z } from 'zod';
import type { Warehouse } from './warehouse.store.ts';

export const warehouseInput = z.strictObject({
  name: z.string().trim().min(1).max(120),
  code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/),
  address: z.strictObject({
    line1: z.string().trim().min(1).max(200).optional(),
    city: z.string().trim().min(1).max(100),
    postalCode: z.string().trim().min(1).max(20).optional(),
    country: z.string().regex(/^[A-Z]{2}$/),
  }),
  isActive: z.boolean().default(true),
});
export type WarehouseInput = z.infer<typeof warehouseInput>;

export const warehouseView = warehouseInput.extend({
  id,
  companyId: id,
  shopIds: z.array(id),
  isActive: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});
export type WarehouseView = z.infer<typeof warehouseView>;

export function viewWarehouse(warehouse: Warehouse): WarehouseView {
  const { _id, companyId, name, code, address, shopIds, isActive, createdAt, updatedAt } = warehouse;
  return {
    id: _id,
    companyId,
    name,
    code,
    address,
    shopIds,
    isActive,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
