import type { LedgerEntry, LedgerLine, Moment, Payment, Refund } from '../payment/payment.rules.ts';

/** Money came in: what the gateway, the drawer or the buyer's account owes us grows by what was sold. No money, no entry. */
export function captureEntry(payment: Payment, amount: number, at: Moment): LedgerEntry[] {
  const lines = twoSided(at.terms(payment).account, 'sales', amount);
  // The id follows from the payment, so the database itself refuses a second capture.
  return amount === 0 ? [] : [{ ...entryOf(payment, at), _id: `${payment._id}:capture`, cause: 'capture', lines }];
}

/** Money went back; the id follows from the refund, so that it is booked once. */
export function refundEntry(payment: Payment, refund: Refund, at: Moment): LedgerEntry[] {
  const lines = twoSided('refunds', at.terms(payment).account, refund.amount);
  return [{ ...entryOf(payment, at), _id: `${refund.id}:refund`, cause: 'refund', lines }];
}

const entryOf = ({ companyId, currency, _id }: Payment, { now }: Moment) => ({ companyId, currency, paymentId: _id, at: now });

const twoSided = (to: string, from: string, amount: number): LedgerLine[] => [
  { account: to, amount },
  { account: from, amount: 0 - amount },
];

/** Zero for a sound entry. */
export const sumOf = (lines: readonly LedgerLine[]): number => lines.reduce((sum, line) => sum + line.amount, 0);
