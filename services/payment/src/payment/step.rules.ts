import type { Moment, Payment, Refund } from './payment.rules.ts';
import { isCaptured, isStub, settlesAtOnce } from './payment.rules.ts';

/** What is to be done next for a payment, outside of any transaction, each with a key of its own so that it happens once. */
export type Step =
  | { kind: 'ask_order' }
  | { kind: 'void'; intentId: string; key: string }
  | { kind: 'capture'; intentId: string; amount: number; key: string }
  | { kind: 'refund'; intentId: string; refund: Refund }
  | { kind: 'look'; intentId: string };

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** How often an intent that waits for its buyer is looked at, should its webhook be lost. */
const FIRST_POLL_MS = 10_000;
const LONGEST_POLL_MS = 300_000;
/** Beyond this many doublings both waits are at their longest. */
const MOST_DOUBLINGS = 10;

/** The next step; undefined when the payment waits for nobody but the buyer. */
export function nextStep(payment: Payment, at: Moment): Step | undefined {
  if (isStub(payment)) return isAskedFor(payment) ? { kind: 'ask_order' } : undefined;
  const [old] = payment.discarded;
  if (old) return { kind: 'void', intentId: old.id, key: `${old.id}:void:${payment.attempts}` };
  return settlesAtOnce(payment, at) ? undefined : stepOfIntent(payment);
}

const isAskedFor = ({ captureRequested, delivered, refunds, cancel }: Payment): boolean =>
  cancel === undefined && (captureRequested !== undefined || delivered || refunds.length > 0);

function stepOfIntent(payment: Payment): Step | undefined {
  const { intent, attempts } = payment;
  if (!intent) return undefined;
  const intentId = intent.id;
  if (isCaptured(payment)) {
    const refund = payment.refunds.find(({ status }) => status === 'pending');
    return refund && { kind: 'refund', intentId, refund };
  }
  if (payment.cancel)
    return payment.status === 'cancelled' ? undefined : { kind: 'void', intentId, key: `${intentId}:void:${attempts}` };
  if (payment.captureRequested !== payment.revision) return undefined;
  // The attempts are part of the key because a gateway repeats a refusal, too, for as long as it remembers the key.
  return intent.status === 'authorised'
    ? { kind: 'capture', intentId, amount: intent.amount, key: `${intentId}:capture:${attempts}` }
    : { kind: 'look', intentId };
}

/** The intent that is worth a look though nothing is to be done: one that the buyer may have confirmed at the gateway. */
export function watchedIntent(payment: Payment): string | undefined {
  const { intent, status } = payment;
  const isOpen = intent?.status === 'open' || intent?.status === 'authorised';
  return isOpen && !isCaptured(payment) && status !== 'cancelled' ? intent.id : undefined;
}

/** When a payment is to be looked at again, `payment.tries` looks after its last change; undefined for never. */
export function nextCheckAt(payment: Payment, at: Moment): Date | undefined {
  const doublings = 2 ** Math.min(payment.tries, MOST_DOUBLINGS);
  const after = (ms: number) => new Date(at.now.getTime() + ms);
  if (nextStep(payment, at) || payment.status === 'processing')
    return after(Math.min(FIRST_RETRY_MS * doublings, LONGEST_RETRY_MS));
  return watchedIntent(payment) === undefined ? undefined : after(Math.min(FIRST_POLL_MS * doublings, LONGEST_POLL_MS));
}
