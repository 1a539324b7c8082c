import { paymentMethod, paymentStatus } from '@souk/contracts';
import { z } from 'zod';
import type { Payment, Refund } from './payment.rules.ts';

export const refundView = z.object({
  refundId: z.string(),
  amount: z.int(),
  reason: z.enum(['order_cancelled', 'captured_late', 'return', 'staff']),
  note: z.string().optional(),
  status: z.enum(['pending', 'done', 'refused']),
  requestedAt: z.iso.datetime(),
});

/** A payment as its buyer and the shop see it; amounts are minor units of `currency`. */
export const paymentView = z.object({
  paymentId: z.string(),
  orderId: z.string(),
  revision: z.int(),
  companyId: z.string(),
  shopId: z.string().optional(),
  customerId: z.string().optional(),
  gateway: paymentMethod.optional(),
  status: paymentStatus,
  amount: z.int(),
  currency: z.string(),
  capturedAmount: z.int(),
  capturedAt: z.iso.datetime().optional(),
  refundedAmount: z.int(),
  refunds: z.array(refundView),
  isDisputed: z.boolean(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const statusView = paymentView.pick({
  paymentId: true,
  orderId: true,
  revision: true,
  status: true,
  amount: true,
  currency: true,
  capturedAmount: true,
  refundedAmount: true,
});

/** All that the buyer's client needs to confirm: here, or with `clientSecret` at the gateway itself. */
export const intentView = z.object({
  paymentId: z.string(),
  orderId: z.string(),
  revision: z.int(),
  status: paymentStatus,
  gateway: paymentMethod,
  clientSecret: z.string(),
  amount: z.int(),
  currency: z.string(),
  confirmUrl: z.string(),
});

export function showRefund({ id, amount, reason, note, status, requestedAt }: Refund): z.infer<typeof refundView> {
  return { refundId: id, amount, reason, ...(note !== undefined && { note }), status, requestedAt: requestedAt.toISOString() };
}

export function showStatus(payment: Payment): z.infer<typeof statusView> {
  const { _id, orderId, revision, status, amount, currency, capturedAmount, refundedAmount } = payment;
  return { paymentId: _id, orderId, revision, status, amount, currency, capturedAmount, refundedAmount };
}

export function showPayment(payment: Payment): z.infer<typeof paymentView> {
  const { companyId, shopId, customerId, gateway, capturedAt, refunds, dispute, version, createdAt, updatedAt } = payment;
  return {
    ...showStatus(payment),
    companyId,
    ...(shopId !== undefined && { shopId }),
    ...(customerId !== undefined && { customerId }),
    ...(gateway !== undefined && { gateway }),
    ...(capturedAt && { capturedAt: capturedAt.toISOString() }),
    refunds: refunds.map(showRefund),
    isDisputed: dispute !== undefined,
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** Throws TypeError when no intent is open: callers show only what was opened. */
export function showIntent(payment: Payment): z.infer<typeof intentView> {
  const { _id, orderId, revision, status, gateway, intent, amount, currency } = payment;
  if (!intent || !gateway) throw new TypeError(`payment ${_id} has no intent`);
  const confirmUrl = `/api/payments/${_id}/confirm`;
  return { paymentId: _id, orderId, revision, status, gateway, clientSecret: intent.clientSecret, amount, currency, confirmUrl };
}
