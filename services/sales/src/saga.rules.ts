import type { CancelReason, Order } from './order.model.ts';

/**
 * The order saga: what a pending order does next, decided from the order alone. `nextStep` takes the first row whose condition holds;
 * the diagram in the documentation is generated from this table.
 */
export type SagaMove =
  | { kind: 'cancel'; reason: CancelReason }
  | { kind: 'capture' }
  | { kind: 'confirm' }
  | { kind: 'reopen' }
  | { kind: 'wait' };

export interface SagaStep {
  name: string;
  phase: 'open' | 'paying';
  when: string;
  holds(order: Order, now: Date): boolean;
  move(order: Order): SagaMove;
}

/** A hold must outlast the capture by this much; otherwise it is made longer first. */
export const CAPTURE_MARGIN_MS = 30_000;
const cancel = (reason: CancelReason) => (): SagaMove => ({ kind: 'cancel', reason });

export const isFree = (order: Order): boolean => order.pricing.total === 0;
/** Paid at the door: certain as soon as the goods are held. */
export const isCashOnDelivery = (order: Order): boolean => order.paymentMethod === 'cash' && order.source !== 'pos';
export const needsAuthorisation = (order: Order): boolean => !isFree(order) && !['cash', 'account'].includes(order.paymentMethod);
export const needsCredit = (order: Order): boolean => !isFree(order) && order.paymentMethod === 'account';

const isHeld = ({ answers }: Order): boolean => answers.stock === 'held' && answers.promotions === 'redeemed';
const isCovered = (order: Order): boolean =>
  needsAuthorisation(order) ? order.answers.payment === 'authorised' : !needsCredit(order) || order.answers.credit === 'held';

export const SAGA: readonly SagaStep[] = [
  {
    name: 'out of stock',
    phase: 'open',
    when: 'the goods cannot be held',
    holds: ({ answers }) => answers.stock === 'failed',
    move: cancel('out_of_stock'),
  },
  {
    name: 'promotion refused',
    phase: 'open',
    when: 'a limited promotion is used up',
    holds: ({ answers }) => answers.promotions === 'refused',
    move: cancel('promotion_refused'),
  },
  {
    name: 'credit refused',
    phase: 'open',
    when: "the buyer's credit line does not reach",
    holds: ({ answers }) => answers.credit === 'refused',
    move: cancel('credit_refused'),
  },
  {
    name: 'cancel',
    phase: 'open',
    when: 'somebody asked to cancel',
    holds: ({ cancelAsked }) => cancelAsked !== undefined,
    move: ({ cancelAsked }) => ({ kind: 'cancel', reason: cancelAsked ?? 'customer' }),
  },
  {
    name: 'expire',
    phase: 'open',
    when: 'the hold has ended unpaid',
    holds: ({ holdUntil }, now) => holdUntil.getTime() <= now.getTime(),
    move: cancel('payment_timeout'),
  },
  {
    name: 'confirm without capture',
    phase: 'open',
    when: 'goods and promotions are held and nothing is to be captured before delivery',
    holds: (order) => isHeld(order) && (isFree(order) || isCashOnDelivery(order)),
    move: () => ({ kind: 'confirm' }),
  },
  {
    name: 'capture',
    phase: 'open',
    when: 'goods and promotions are held and the money is authorised',
    holds: (order) => isHeld(order) && isCovered(order),
    move: () => ({ kind: 'capture' }),
  },
  {
    name: 'confirm',
    phase: 'paying',
    when: 'the money was captured',
    holds: ({ answers }) => answers.payment === 'captured',
    move: ({ cancelAsked }) => (cancelAsked ? { kind: 'cancel', reason: cancelAsked } : { kind: 'confirm' }),
  },
  {
    name: 'capture failed',
    phase: 'paying',
    when: 'the capture was refused',
    holds: ({ answers }) => answers.payment === 'failed',
    move: ({ cancelAsked }) => (cancelAsked ? { kind: 'cancel', reason: cancelAsked } : { kind: 'reopen' }),
  },
];

/** What the order does now; `wait` when nothing of the table holds. */
export function nextStep(order: Order, now: Date): SagaMove {
  if (order.phase === 'done') return { kind: 'wait' };
  const step = SAGA.find(({ phase, holds }) => phase === order.phase && holds(order, now));
  return step?.move(order) ?? { kind: 'wait' };
}

/**
 * What people may do to an order beside the rows: change its items, which begins the table anew with the next revision. Answers to older
 * revisions change nothing from then on.
 */
export const EDIT = {
  name: 'edit',
  phase: 'open',
  when: 'somebody changes its items before the table goes on',
  leadsTo: 'order.item_changed: the next revision, without answers and with a hold of full length',
} as const;

/** Whether items may be changed now. Not of an order that the next look at it would end or confirm. */
export const isEditable = (order: Order, now: Date): boolean =>
  order.status === 'pending' && order.phase === EDIT.phase && nextStep(order, now).kind === 'wait';

const FIRST_ASK_MS = 5_000;
const LAST_ASK_MS = 60_000;

/** When the saga looks at the order by itself: after 5 s, then twice as long each time, and at the end of its hold. */
export function nextDeadline(order: Order, now: Date): Date | undefined {
  if (order.phase === 'done') return undefined;
  const ask = now.getTime() + Math.min(FIRST_ASK_MS * 2 ** Math.min(order.asks, 10), LAST_ASK_MS);
  return new Date(order.phase === 'open' ? Math.min(ask, order.holdUntil.getTime()) : ask);
}
