import { z } from 'zod';
import { defineCall } from '../call.ts';
import { amount, paymentMethod, revision } from '../events/shapes.ts';
import { id } from '../ids.ts';
import { currency } from '../money.ts';

export const PAYMENT_STATUSES = [
  'initiated',
  'authorised',
  'processing',
  'captured',
  'failed',
  'cancelled',
  'partially_refunded',
  'refunded',
] as const;
export const paymentStatus = z.enum(PAYMENT_STATUSES);

/** What has become of an order's payment, for an order whose answer is late; with `capture`, also asks for the capture again. */
export const askPayment = defineCall({
  service: 'payment',
  method: 'POST',
  path: '/internal/payments/ask',
  summary: "Where an order's payment stands, asked for at the gateway when it is not known.",
  body: z.object({
    orderId: id,
    revision,
    companyId: id,
    shopId: id,
    customerId: id.optional(),
    paymentMethod,
    amount,
    currency,
    capture: z.boolean(),
  }),
  output: z.object({ status: z.enum(['none', ...PAYMENT_STATUSES]), paymentId: id.optional(), revision: revision.optional() }),
});
