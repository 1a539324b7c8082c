import type { PaymentMethod } from '@souk/contracts';
import { paymentAuthorised, paymentCancelled } from '@souk/contracts';
import { refundRest, settleWithoutGateway } from './capture.rules.ts';
import type { Change, Moment, Payment } from './payment.rules.ts';
import { chain, changed, fact, factsOf, isCaptured, isEnded, isStub } from './payment.rules.ts';

/** What is heard of an order, from whichever of its events comes first. */
export interface OrderNews {
  orderId: string;
  companyId: string;
  shopId?: string | undefined;
  customerId?: string | undefined;
  gateway?: PaymentMethod | undefined;
  /** 0 when the event does not say. */
  revision: number;
  amount: number;
  currency: string;
  /** Of the trace in which the order was made. */
  traceparent?: string | undefined;
}

/** A payment that nothing has happened to. */
export function newPayment(order: OrderNews, id: string, now: Date): Payment {
  return {
    ...order,
    _id: id,
    version: 1,
    createdAt: now,
    updatedAt: now,
    status: 'initiated',
    intentCount: 0,
    discarded: [],
    delivered: false,
    capturedAmount: 0,
    refundedAmount: 0,
    refunds: [],
    attempts: 0,
    tries: 0,
  };
}

/**
 * Takes in what is heard of an order. A newer revision with another amount or gateway discards the intent; with the same, the intent
 * stands and an authorisation holds for the new revision. Older news only fill what is missing.
 */
export function learnOrder(payment: Payment, order: OrderNews, at: Moment): Change {
  return chain(learn(payment, order), (current) => settleWithoutGateway(current, at));
}

function learn(payment: Payment, order: OrderNews): Change {
  const filled: Payment = {
    ...payment,
    shopId: payment.shopId ?? order.shopId,
    customerId: payment.customerId ?? order.customerId,
    gateway: payment.gateway ?? order.gateway,
    traceparent: payment.traceparent ?? order.traceparent,
  };
  if (order.revision <= payment.revision || isCaptured(payment)) return changed(filled);
  const { revision, amount, currency, gateway = filled.gateway } = order;
  const renewed: Payment = { ...filled, revision, amount, currency, gateway };
  const { intent } = payment;
  // An intent that is being given up is voided by that; only one that stands can be wrong for the new revision.
  if (!intent || payment.cancel) return changed(renewed);
  if (amount === payment.amount && currency === payment.currency && gateway === payment.gateway) {
    return changed(renewed, payment.status === 'authorised' ? [fact(paymentAuthorised, factsOf(renewed))] : []);
  }
  const old = { id: intent.id, revision: payment.revision, amount: intent.amount, announced: true };
  return changed({
    ...renewed,
    intent: undefined,
    status: 'initiated',
    captureRequested: undefined,
    discarded: [...payment.discarded, old],
  });
}

/** The order asks for its money. Asked for an older revision, after a cancel or again, nothing changes. */
export function requestCapture(payment: Payment, revision: number, at: Moment): Change {
  if (revision < payment.revision || payment.cancel || isCaptured(payment)) return changed(payment);
  return settleWithoutGateway({ ...payment, captureRequested: revision }, at);
}

/** The goods arrived: cash on delivery is in the drawer. */
export const deliver = (payment: Payment, at: Moment): Change => settleWithoutGateway({ ...payment, delivered: true }, at);

/** The order ended: what was captured goes back, what was authorised is voided, and nothing may follow. */
export function endOrder(payment: Payment, at: Moment): Change {
  if (isEnded(payment)) return changed(payment);
  const ended: Payment = { ...payment, cancel: { reason: 'order_cancelled', at: at.now }, captureRequested: undefined };
  if (isCaptured(payment)) return refundRest(ended, 'order_cancelled', at);
  return payment.intent ? changed(ended) : finishCancel(ended);
}

/** The buyer or staff give an attempt up; the intent is voided and another may be opened. */
export function giveUp(payment: Payment, by: 'customer' | 'staff', at: Moment): Change {
  return payment.cancel ? changed(payment) : changed({ ...payment, cancel: { reason: by, at: at.now } });
}

/** An attempt that was given up makes room for another. */
export function reopen(payment: Payment): Change {
  if (!payment.cancel || isEnded(payment) || payment.status !== 'cancelled') return changed(payment);
  return changed({ ...payment, cancel: undefined, intent: undefined, status: 'initiated' });
}

/** Nothing is held at the gateway any more. Told once; of a stub there is nothing to tell. */
export function finishCancel(payment: Payment): Change {
  if (!payment.cancel || payment.status === 'cancelled' || isCaptured(payment)) return changed(payment);
  const told = isStub(payment) ? [] : [fact(paymentCancelled, { ...factsOf(payment), reason: payment.cancel.reason })];
  return changed({ ...payment, status: 'cancelled' }, told);
}
