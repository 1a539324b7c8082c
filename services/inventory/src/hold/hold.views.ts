import { id, instant, sku } from '@souk/contracts';
import { z } from 'zod';
import type { Hold } from '../stock/model.rules.ts';
import { HOLD_STATES } from '../stock/model.rules.ts';

const count = z.int().nonnegative();

export const reservationView = z.object({
  orderId: id,
  companyId: id,
  shopId: id,
  revision: count,
  state: z.enum(HOLD_STATES),
  until: instant.optional(),
  lines: z.array(
    z.object({ lineId: id, sku, warehouseId: id.optional(), quantity: count, shipped: count, backordered: z.boolean() }),
  ),
  createdAt: instant,
  updatedAt: instant,
});

export function viewReservation(hold: Hold): z.infer<typeof reservationView> {
  const { _id, companyId, shopId, revision, state, until, createdAt, updatedAt } = hold;
  return {
    orderId: _id,
    companyId,
    shopId,
    revision,
    state,
    // Only a reservation ends by itself.
    ...(state === 'reserved' && until && { until: until.toISOString() }),
    lines: hold.lines.map(({ stockId: _stock, ...line }) => line),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
