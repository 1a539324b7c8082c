import { paymentAuthorised, paymentCancelled, paymentDisputed, paymentInitiated } from '@souk/contracts';
import { capture, fail } from './capture.rules.ts';
import { finishCancel } from './order.rules.ts';
import type { Change, IntentStatus, Moment, Payment } from './payment.rules.ts';
import { chain, changed, fact, factsOf, isCaptured, isEnded } from './payment.rules.ts';

/** An intent as the gateway shows it. */
export interface SeenIntent {
  id: string;
  status: IntentStatus;
  amount: number;
  capturedAmount: number;
  /** The gateway's word for why the last confirmation failed. */
  errorCode?: string | undefined;
  isDisputed: boolean;
}

/** An intent was opened for `revision`. One that came too late for it, or for an ended order, is put aside to be voided. */
export function adoptIntent(
  payment: Payment,
  opened: { id: string; clientSecret: string; amount: number },
  revision: number,
): Change {
  const { intent, discarded } = payment;
  if (intent?.id === opened.id || discarded.some(({ id }) => id === opened.id)) return changed(payment);
  const { id, clientSecret, amount } = opened;
  if (intent || payment.cancel || isCaptured(payment) || revision !== payment.revision || amount !== payment.amount) {
    return changed({ ...payment, discarded: [...discarded, { id, revision, amount, announced: false }] });
  }
  const after: Payment = {
    ...payment,
    intent: { id, clientSecret, amount, status: 'open' },
    intentCount: payment.intentCount + 1,
    status: 'initiated',
  };
  return changed(after, [fact(paymentInitiated, factsOf(payment))]);
}

/** One attempt counts once, though its answer may come to several who asked with the same key. */
export const countAttempt = (payment: Payment, attempts: number): Change =>
  changed(payment.attempts === attempts ? { ...payment, attempts: attempts + 1 } : payment);

/**
 * The gateway declined an attempt that began when the payment was `before`. Told once: not again if another asker with the same key
 * told it, nor if the gateway's webhook came first.
 */
export function decline(payment: Payment, { before, code }: { before: Payment; code: string }): Change {
  const isCounted = payment.attempts !== before.attempts;
  const isTold = payment.status === 'failed' && before.status !== 'failed';
  const isOpen = payment.intent?.id === before.intent?.id && payment.intent?.status === 'open' && !payment.cancel;
  const counted = countAttempt(payment, before.attempts).payment;
  return isCounted || isTold || !isOpen || payment.captureRequested !== undefined
    ? changed(counted)
    : fail(counted, code, 'declined');
}

/**
 * Brings a payment to where the gateway's intent is, whatever was heard before and in which sequence: captured outranks authorised,
 * which outranks open. What is known already, and what is old, changes nothing.
 */
export function converge(payment: Payment, seen: SeenIntent, at: Moment): Change {
  if (payment.discarded.some(({ id }) => id === seen.id)) return dropDiscarded(payment, seen);
  const { intent } = payment;
  if (intent?.id !== seen.id || isSettled(payment, seen))
    return isDisputeNews(payment, seen) ? dispute(payment, seen, at) : changed(payment);
  const current: Payment = { ...payment, intent: { ...intent, status: seen.status } };
  switch (seen.status) {
    case 'captured':
      return chain(capture(current, seen.capturedAmount, at), (after) =>
        isDisputeNews(after, seen) ? dispute(after, seen, at) : changed(after),
      );
    case 'authorised':
      return authorise(current);
    case 'cancelled':
      return payment.cancel ? finishCancel(current) : fail({ ...current, intent: undefined }, 'expired', 'expired');
    case 'open':
      return stayOpen(payment, seen);
  }
}

/** A captured payment knows better than any sight but a dispute; a cancelled one is moved by money only. */
function isSettled(payment: Payment, { status }: SeenIntent): boolean {
  return isCaptured(payment) || (payment.status === 'cancelled' && status !== 'captured');
}

function authorise(payment: Payment): Change {
  if (payment.cancel) {
    const isLate = isEnded(payment) && payment.status !== 'authorised';
    return changed(isLate ? { ...payment, cancel: { ...payment.cancel, reason: 'authorised_late' } } : payment);
  }
  // A capture that is under way is not undone by the sight of the money it is about to take.
  if (payment.status === 'authorised' || payment.captureRequested !== undefined) return changed(payment);
  return changed({ ...payment, status: 'authorised' }, [fact(paymentAuthorised, factsOf(payment))]);
}

function stayOpen(payment: Payment, { errorCode }: SeenIntent): Change {
  // An authorised intent never opens again, so this sight is older than what is known.
  if (payment.intent?.status !== 'open' || payment.cancel) return changed(payment);
  if (payment.captureRequested !== undefined) return fail(payment, 'not_authorised', 'error');
  if (payment.status === 'processing') return fail(payment, errorCode ?? 'no_outcome', errorCode ? 'declined' : 'error');
  return payment.status === 'initiated' && errorCode ? fail(payment, errorCode, 'declined') : changed(payment);
}

function dropDiscarded(payment: Payment, seen: SeenIntent): Change {
  const old = payment.discarded.find(({ id }) => id === seen.id);
  if (!old || seen.status !== 'cancelled') return changed(payment);
  const after: Payment = { ...payment, discarded: payment.discarded.filter(({ id }) => id !== seen.id) };
  const { announced, revision, amount } = old;
  return changed(
    after,
    announced ? [fact(paymentCancelled, { ...factsOf(payment), revision, amount, reason: 'order_changed' })] : [],
  );
}

const isDisputeNews = (payment: Payment, seen: SeenIntent): boolean =>
  seen.isDisputed && isCaptured(payment) && payment.dispute === undefined && payment.intent?.id === seen.id;

function dispute(payment: Payment, seen: SeenIntent, at: Moment): Change {
  const opened = { id: at.newId(), at: at.now };
  const told = fact(paymentDisputed, {
    ...factsOf(payment),
    disputeId: opened.id,
    disputedAmount: seen.capturedAmount,
    status: 'opened',
    reason: 'disputed',
    at: at.now.toISOString(),
  });
  return changed({ ...payment, dispute: opened }, [told]);
}
