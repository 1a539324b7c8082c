import { z } from 'zod';
import { defineCall } from '../call.ts';
import { amount, orderSource, paymentMethod, revision } from '../events/shapes.ts';
import { id, instant } from '../ids.ts';
import { currency } from '../money.ts';

/** Where an order can stand in its life. Nothing makes one `returned` yet. */
export const ORDER_STATUSES = [
  'pending',
  'confirmed',
  'processing',
  'shipped',
  'delivered',
  'completed',
  'cancelled',
  'returned',
] as const;
export const orderStatus = z.enum(ORDER_STATUSES);
export type OrderStatus = z.infer<typeof orderStatus>;

/** Where a pending order stands in its saga; `done` once it is confirmed or cancelled. */
export const ORDER_PHASES = ['open', 'paying', 'done'] as const;
export const orderPhase = z.enum(ORDER_PHASES);
export type OrderPhase = z.infer<typeof orderPhase>;

/** Whether a person waits for something: who is erased could not be sent it. */
export const countOpenOrders = defineCall({
  service: 'sales',
  method: 'GET',
  path: '/internal/customers/:id/open-orders',
  summary: 'How many orders of a customer are under way, by whatever company.',
  params: z.object({ id }),
  output: z.object({ count: z.int() }),
});

/** The order's own word on itself: asked before a hold is let go, an intent is opened, a socket joins its room. */
export const getOrderState = defineCall({
  service: 'sales',
  method: 'GET',
  path: '/internal/orders/:id',
  summary: 'Where an order stands.',
  params: z.object({ id }),
  output: z.object({
    orderId: id,
    orderNumber: z.string(),
    revision,
    companyId: id,
    shopId: id,
    customerId: id.optional(),
    source: orderSource,
    status: orderStatus,
    phase: orderPhase,
    paymentMethod,
    amount,
    currency,
    holdUntil: instant,
    /** Of the trace in which the order was made. */
    traceparent: z.string().optional(),
  }),
});
