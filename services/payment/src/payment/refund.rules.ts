import { paymentRefunded } from '@souk/contracts';
import { refundEntry } from '../ledger/ledger.rules.ts';
import type { Change, Moment, Payment, Refund, RefundReason } from './payment.rules.ts';
import { chain, changed, fact, factsOf, isCaptured, settlesAtOnce } from './payment.rules.ts';

/** What can still be promised back: captured, less what went back and what is on its way. */
export function refundable({ capturedAmount, refundedAmount, refunds }: Payment): number {
  const pending = refunds.filter(({ status }) => status === 'pending').reduce((sum, { amount }) => sum + amount, 0);
  return capturedAmount - refundedAmount - pending;
}

/**
 * Reserves a refund, once per id. After the capture no more than `refundable` is reserved; before it (a return heard of first) all of
 * it, to be cut when the capture is known.
 */
export function addRefund(
  payment: Payment,
  wanted: { id: string; amount: number; reason: RefundReason; note?: string | undefined },
  at: Moment,
): Change {
  const amount = isCaptured(payment) ? Math.min(wanted.amount, refundable(payment)) : wanted.amount;
  if (amount <= 0 || payment.refunds.some(({ id }) => id === wanted.id)) return changed(payment);
  const refund: Refund = { ...wanted, amount, status: 'pending', requestedAt: at.now };
  return settleRefundsAtOnce({ ...payment, refunds: [...payment.refunds, refund] }, at);
}

/** Cuts refunds that were reserved before the capture to what was captured. */
export function cutRefunds(payment: Payment): Payment {
  let left = payment.capturedAmount - payment.refundedAmount;
  const refunds = payment.refunds.map((refund): Refund => {
    if (refund.status !== 'pending') return refund;
    const amount = Math.min(refund.amount, left);
    left -= amount;
    return amount > 0 ? { ...refund, amount } : { ...refund, status: 'refused' };
  });
  return { ...payment, refunds };
}

/** Pays pending refunds back where no gateway is asked: from the drawer, or off the buyer's account. */
export function settleRefundsAtOnce(payment: Payment, at: Moment): Change {
  if (!isCaptured(payment) || !settlesAtOnce(payment, at)) return changed(payment);
  const pending = payment.refunds.filter(({ status }) => status === 'pending');
  return pending.reduce((change, { id }) => chain(change, (current) => settleRefund(current, { id }, at)), changed(payment));
}

/** The gateway gave a pending refund back. A repeat of the news changes nothing. */
export function settleRefund(payment: Payment, done: { id: string; gatewayRefundId?: string }, at: Moment): Change {
  const refund = payment.refunds.find(({ id, status }) => id === done.id && status === 'pending');
  if (!refund) return changed(payment);
  const refundedAmount = payment.refundedAmount + refund.amount;
  const after: Payment = {
    ...payment,
    refundedAmount,
    status: refundedAmount === payment.capturedAmount ? 'refunded' : 'partially_refunded',
    refunds: payment.refunds.map((each) =>
      each.id === done.id ? { ...each, status: 'done', gatewayRefundId: done.gatewayRefundId } : each,
    ),
  };
  const told = fact(paymentRefunded, {
    ...factsOf(payment),
    refundId: refund.id,
    refundAmount: refund.amount,
    refundedTotal: refundedAmount,
    capturedTotal: payment.capturedAmount,
    reason: refund.reason,
  });
  return changed(after, [told], refundEntry(payment, refund, at));
}

/** The gateway will not give it back: the reservation is let go. */
export function refuseRefund(payment: Payment, refundId: string): Change {
  const refunds = payment.refunds.map(
    (each): Refund => (each.id === refundId && each.status === 'pending' ? { ...each, status: 'refused' } : each),
  );
  return changed({ ...payment, refunds });
}
