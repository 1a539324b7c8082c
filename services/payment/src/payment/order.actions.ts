import type { Context } from '@souk/service-kit';
import { advance, look } from './advance.actions.ts';
import type { OrderNews } from './order.rules.ts';
import { deliver, endOrder, learnOrder, requestCapture } from './order.rules.ts';
import type { Change, Moment, Payment } from './payment.rules.ts';
import { chain, isStub } from './payment.rules.ts';
import { addRefund } from './refund.rules.ts';
import { amendOfOrder } from './settlement.actions.ts';
import { watchedIntent } from './step.rules.ts';

/** What an order asks of its payment. */
export type Wish = (payment: Payment, at: Moment) => Change;

/**
 * Takes in what an event says of an order and what it asks of the payment, then does it. The wish is committed with the memory of the
 * event; whatever the gateway answers, or does not, comes after and is taken up again by the job.
 */
export async function heed(ctx: Context, order: OrderNews, wish?: Wish): Promise<Payment> {
  const payment = await amendOfOrder(ctx, order, (current, at) => {
    const learned = learnOrder(current, order, at);
    return wish ? chain(learned, (known) => wish(known, at)) : learned;
  });
  return advance(ctx, payment);
}

export const captureOf =
  (revision: number): Wish =>
  (payment, at) =>
    requestCapture(payment, revision, at);

export const cashOnDelivery: Wish = deliver;

export const orderEnd: Wish = endOrder;

/** A return is paid back once, so its refund has the return's own id. */
export const refundOfReturn =
  (returnId: string, amount: number): Wish =>
  (payment, at) =>
    addRefund(payment, { id: returnId, amount, reason: 'return' }, at);

/** Where an order's payment stands by now: what the gateway was not heard to say is asked. */
export async function askForOrder(ctx: Context, order: OrderNews, wish?: Wish): Promise<Payment> {
  const payment = await heed(ctx, order, wish);
  const watched = isStub(payment) ? undefined : watchedIntent(payment);
  return watched === undefined ? payment : (await look(ctx, payment, watched)).payment;
}
