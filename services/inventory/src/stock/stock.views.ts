import { id, instant, money, sku } from '@souk/contracts';
import { z } from 'zod';
import type { Movement, StockItem } from './model.rules.ts';
import { MOVEMENT_KINDS } from './model.rules.ts';

const count = z.int().nonnegative();

export const stockView = z.object({
  id,
  companyId: id,
  sku,
  warehouseId: id,
  shopIds: z.array(id),
  productId: id.optional(),
  variantId: id.optional(),
  onHand: count,
  reserved: count,
  available: count,
  level: z.enum(['out', 'low', 'ok']),
  threshold: count,
  bin: z.string().optional(),
  cost: money.optional(),
  createdAt: instant,
  updatedAt: instant,
});

export function viewStock(shown: StockItem): z.infer<typeof stockView> {
  const { _id, version: _version, setAside: _setAside, createdAt, updatedAt, ...item } = shown;
  return { id: _id, ...item, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export const movementView = z.object({
  id,
  stockId: id,
  sku,
  warehouseId: id,
  kind: z.enum(MOVEMENT_KINDS),
  delta: z.int(),
  before: count,
  after: count,
  cause: z.object({ type: z.enum(['opening', 'receipt', 'adjustment', 'order', 'return']), id }),
  reason: z.string().optional(),
  note: z.string().optional(),
  cost: money.optional(),
  actorId: id.optional(),
  at: instant,
});

export function viewMovement({ _id, companyId: _company, at, ...movement }: Movement): z.infer<typeof movementView> {
  return { id: _id, ...movement, at: at.toISOString() };
}
