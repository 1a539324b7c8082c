import { z } from 'zod';
import { defineCall } from '../call.ts';
import { count, quantity, revision } from '../events/shapes.ts';
import { id, instant, sku } from '../ids.ts';

export const reservationRequest = z.object({
  orderId: id,
  revision,
  companyId: id,
  shopId: id,
  /** The shop's sequence: earlier ones are emptied first. */
  warehouseIds: z.array(id),
  lines: z.array(z.object({ lineId: id, sku, quantity, tracked: z.boolean(), backorder: z.boolean() })).min(1),
  holdUntil: instant,
});
export type ReservationRequest = z.infer<typeof reservationRequest>;

/** The same question as `order.created`, for an order whose answer is late: gives the answer that stands, or decides now. */
export const askReservation = defineCall({
  service: 'inventory',
  method: 'POST',
  path: '/internal/reservations',
  summary: 'Holds all lines of an order, or says what is short.',
  body: reservationRequest,
  output: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('reserved'), reservationId: id, until: instant }),
    z.object({ outcome: z.literal('failed'), short: z.array(z.object({ sku, requested: quantity, available: count })) }),
    /** The order was cancelled or superseded before its hold was made. */
    z.object({ outcome: z.literal('released') }),
  ]),
});
