import type { Envelope } from '@souk/contracts';
import { orderCancelled, orderConfirmed, paymentRefunded } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { envelopeFor } from '@souk/testing';

export interface Selling {
  companyId: string;
  shopId: string;
  orderId?: string;
  placedAt?: string;
  total?: number;
  quantity?: number;
  productId?: string;
  currency?: string;
}

const example = orderConfirmed.example;
const [line] = example.lines;

/** An order of one line, confirmed. */
export function confirmed(selling: Selling): Envelope<typeof example> {
  const { companyId, shopId, orderId = newId(), total = 1_000, quantity = 1, productId = newId(), currency = 'USD' } = selling;
  const pricing = { ...example.pricing, subtotal: total, discount: 0, tax: 80, shipping: 20, total };
  const lines = line ? [{ ...line, productId, quantity, total }] : [];
  const placedAt = selling.placedAt ?? '2026-11-02T09:00:00.000Z';
  const data = { ...example, orderId, companyId, shopId, currency, total, pricing, lines, placedAt };
  return envelopeFor(orderConfirmed, data, { companyId, subject: orderId });
}

/** The cancellation of a confirmed order. */
export function cancelled({ data }: ReturnType<typeof confirmed>, at: string, wasConfirmed = true) {
  const { orderId, companyId, shopId, currency, total, lines, pricing } = data;
  const about = {
    ...orderCancelled.example,
    orderId,
    companyId,
    shopId,
    currency,
    total,
    lines,
    pricing,
    reason: 'customer' as const,
  };
  return envelopeFor(orderCancelled, { ...about, refund: true, confirmed: wasConfirmed, at }, { companyId, subject: orderId });
}

type Reason = (typeof paymentRefunded.example)['reason'];

/** Money of an order that was given back. */
export function refunded(
  { data }: ReturnType<typeof confirmed>,
  amount: number,
  { reason = 'staff' as Reason, at = '2026-11-03T09:00:00.000Z' } = {},
) {
  const { orderId, companyId, shopId, currency } = data;
  const paymentId = newId();
  const about = { ...paymentRefunded.example, paymentId, orderId, companyId, shopId, currency, refundId: newId() };
  return envelopeFor(
    paymentRefunded,
    { ...about, refundAmount: amount, refundedTotal: amount, reason },
    { companyId, subject: paymentId, time: at },
  );
}

/** A sequence that is different each time the seed is, and the same when it is the same. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const mixed = [...items];
  let state = seed;
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (index + 1);
    [mixed[index], mixed[other]] = [mixed[other] as Item, mixed[index] as Item];
  }
  return mixed;
}
