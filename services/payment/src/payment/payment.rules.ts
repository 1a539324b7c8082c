import type { EventContract, PAYMENT_STATUSES, PaymentMethod } from '@souk/contracts';

export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];
export type RefundReason = 'order_cancelled' | 'captured_late' | 'return' | 'staff';
/** `customer` and `staff` give an attempt up, and another may follow; the others end the payment with its order. */
export type CancelReason = 'order_cancelled' | 'authorised_late' | 'customer' | 'staff';
export type IntentStatus = 'open' | 'authorised' | 'captured' | 'cancelled';

export interface Intent {
  id: string;
  clientSecret: string;
  amount: number;
  /** What the gateway last said. */
  status: IntentStatus;
}

/** An intent at the gateway that no longer fits the order and must be voided. `announced` when its opening was published. */
export interface DiscardedIntent {
  id: string;
  revision: number;
  amount: number;
  announced: boolean;
}

/** Reserved while `pending`, so that refunds racing one another never exceed what was captured. */
export interface Refund {
  id: string;
  amount: number;
  reason: RefundReason;
  note?: string | undefined;
  status: 'pending' | 'done' | 'refused';
  requestedAt: Date;
  gatewayRefundId?: string | undefined;
}

/**
 * The one payment of an order: what was asked of it (`captureRequested`, `delivered`, `cancel`, pending `refunds`, `discarded`) and
 * what is known to have happened. `revision` 0 is a stub: something was asked before the order itself was heard of.
 */
export interface Payment {
  _id: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  orderId: string;
  companyId: string;
  shopId?: string | undefined;
  customerId?: string | undefined;
  gateway?: PaymentMethod | undefined;
  revision: number;
  amount: number;
  currency: string;
  status: PaymentStatus;
  intent?: Intent | undefined;
  /** Intents opened so far: names the next one's idempotency key. */
  intentCount: number;
  discarded: DiscardedIntent[];
  captureRequested?: number | undefined;
  delivered: boolean;
  cancel?: { reason: CancelReason; at: Date } | undefined;
  capturedAmount: number;
  capturedAt?: Date | undefined;
  refundedAmount: number;
  refunds: Refund[];
  dispute?: { id: string; at: Date } | undefined;
  /** Refusals by the gateway so far: a gateway remembers a refusal under its key, so the next try needs another. */
  attempts: number;
  /** Looks since anything last changed: spaces the next ones. */
  tries: number;
  nextCheckAt?: Date | undefined;
  /** Its facts go on with the trace in which its order was made. */
  traceparent?: string | undefined;
}

/** How a gateway settles: by an intent that the buyer confirms, or at once, without anybody being asked. */
export interface Terms {
  settlement: 'by_intent' | 'at_once';
  /** The ledger account where its money is. */
  account: string;
}

/** What a rule may know of the world. */
export interface Moment {
  now: Date;
  newId(): string;
  terms(payment: Payment): Terms;
}

/** A fact to publish in the commit of a change. */
export interface Fact {
  contract: EventContract;
  data: unknown;
}

/** Positive adds to an account, negative takes from it. */
export interface LedgerLine {
  account: string;
  amount: number;
}

export interface LedgerEntry {
  _id: string;
  companyId: string;
  currency: string;
  paymentId: string;
  at: Date;
  cause: 'capture' | 'refund';
  lines: LedgerLine[];
}

/** What a rule decides: the payment as it is then, the facts and the ledger entries that commit with it. */
export interface Change {
  payment: Payment;
  facts: Fact[];
  entries: LedgerEntry[];
}

export const changed = (payment: Payment, facts: Fact[] = [], entries: LedgerEntry[] = []): Change => ({
  payment,
  facts,
  entries,
});

/** The change and what `next` makes of it, as one. */
export function chain(change: Change, next: (payment: Payment) => Change): Change {
  const after = next(change.payment);
  return changed(after.payment, [...change.facts, ...after.facts], [...change.entries, ...after.entries]);
}

export const fact = <Data>(contract: EventContract<Data>, data: NoInfer<Data>): Fact => ({
  contract: contract as EventContract,
  data,
});

/** What every fact about a payment carries. Throws when the order was not heard of yet: nothing is published of a stub. */
export function factsOf(payment: Payment) {
  const { _id, orderId, revision, companyId, shopId, customerId, gateway, amount, currency } = payment;
  if (gateway === undefined || revision === 0) throw new TypeError(`payment ${_id} is a stub: nothing can be said of it`);
  return {
    paymentId: _id,
    orderId,
    revision,
    companyId,
    ...(shopId !== undefined && { shopId }),
    ...(customerId !== undefined && { customerId }),
    gateway,
    amount,
    currency,
  };
}

export const isStub = ({ gateway, revision }: Payment): boolean => gateway === undefined || revision === 0;
export const isCaptured = ({ capturedAt }: Payment): boolean => capturedAt !== undefined;
/** An order that costs nothing needs no gateway's word. */
export const settlesAtOnce = (payment: Payment, at: Moment): boolean =>
  payment.amount === 0 || at.terms(payment).settlement === 'at_once';
/** Whether its order ended, so that no attempt may follow. */
export const isEnded = ({ cancel }: Payment): boolean =>
  cancel?.reason === 'order_cancelled' || cancel?.reason === 'authorised_late';
