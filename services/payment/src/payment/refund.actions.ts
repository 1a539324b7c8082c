import type { Context } from '@souk/service-kit';
import { matchVersion, newId } from '@souk/service-kit';
import { notCaptured, refundTooLarge } from '../errors.ts';
import { advance, getPayment } from './advance.actions.ts';
import type { Payment, Refund } from './payment.rules.ts';
import { isCaptured } from './payment.rules.ts';
import { addRefund, refundable } from './refund.rules.ts';
import { amend } from './settlement.actions.ts';

/**
 * Gives back `amount` of a captured payment, or all that is left. It is reserved before the gateway is asked, so however many ask at
 * once, no more than was captured goes back. Throws notFound, notCaptured, refundTooLarge.
 */
export async function refundPayment(
  ctx: Context,
  paymentId: string,
  wanted: { amount?: number | undefined; reason: string },
): Promise<{ payment: Payment; refund: Refund }> {
  await getPayment(ctx, { _id: paymentId });
  const id = newId();
  const reserved = await amend(ctx, paymentId, (payment, at) => {
    matchVersion(ctx, payment.version);
    if (!isCaptured(payment)) throw notCaptured();
    const left = refundable(payment);
    const amount = wanted.amount ?? left;
    if (amount > left || amount <= 0) throw refundTooLarge(`At most ${left} can be given back`, { refundable: left });
    return addRefund(payment, { id, amount, reason: 'staff', note: wanted.reason }, at);
  });
  // A repeat of the request is given the payment as it was committed then, whose last refund is the one it made.
  const refundId = reserved.refunds.at(-1)?.id ?? id;
  const payment = await advance(ctx, reserved);
  const refund = payment.refunds.find((each) => each.id === refundId);
  if (!refund) throw new Error(`refund ${refundId} was reserved and is not there`);
  return { payment, refund };
}
