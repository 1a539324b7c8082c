import { paymentFailed, paymentProcessing, paymentSuccess } from '@souk/contracts';
import { captureEntry } from '../ledger/ledger.rules.ts';
import type { Change, Moment, Payment } from './payment.rules.ts';
import { chain, changed, fact, factsOf, isCaptured, isStub, settlesAtOnce } from './payment.rules.ts';
import { addRefund, cutRefunds, refundable, settleRefundsAtOnce } from './refund.rules.ts';

/** The money is ours: success, told and booked once. An order that was cancelled meanwhile gets all of it back. */
export function capture(payment: Payment, amount: number, at: Moment): Change {
  if (isCaptured(payment)) return changed(payment);
  const after = cutRefunds({
    ...payment,
    status: 'captured',
    capturedAmount: amount,
    capturedAt: at.now,
    captureRequested: undefined,
  });
  const told = fact(paymentSuccess, { ...factsOf(after), capturedAt: at.now.toISOString() });
  const captured = chain(changed(after, [told], captureEntry(payment, amount, at)), (current) =>
    settleRefundsAtOnce(current, at),
  );
  return payment.cancel ? chain(captured, (current) => refundRest(current, 'captured_late', at)) : captured;
}

/** Reserves what is left of a captured payment to go back. */
export function refundRest(payment: Payment, reason: 'order_cancelled' | 'captured_late', at: Moment): Change {
  return addRefund(payment, { id: at.newId(), amount: refundable(payment), reason }, at);
}

/** An attempt to pay ended without money; another may follow. */
export function fail(payment: Payment, code: string, reason: 'declined' | 'expired' | 'error'): Change {
  const after: Payment = { ...payment, status: 'failed', captureRequested: undefined };
  return changed(after, [fact(paymentFailed, { ...factsOf(payment), code, reason })]);
}

/** The gateway was asked and has not told the outcome: said once, until something is known. */
export function awaitOutcome(payment: Payment): Change {
  if (payment.status === 'processing' || isCaptured(payment) || payment.cancel) return changed(payment);
  return changed({ ...payment, status: 'processing' }, [fact(paymentProcessing, factsOf(payment))]);
}

/**
 * Takes a payment as far as it goes without a gateway: cash and account are captured where they are due, and a capture that was asked
 * for where no intent stands has failed.
 */
export function settleWithoutGateway(payment: Payment, at: Moment): Change {
  if (isStub(payment) || payment.cancel) return changed(payment);
  const isRequested = payment.captureRequested === payment.revision;
  const isDue = isRequested || (payment.delivered && payment.gateway === 'cash');
  if (!isDue || isCaptured(payment)) return changed(payment);
  if (settlesAtOnce(payment, at)) return capture(payment, payment.amount, at);
  return isRequested && !payment.intent ? fail(payment, 'not_authorised', 'error') : changed(payment);
}
