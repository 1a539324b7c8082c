import { newId } from '@souk/service-kit';
import type { Page } from '../book/book.ts';
import type { CreditLine, LineKey } from '../credit/credit.rules.ts';
import { lineId, newLine } from '../credit/credit.rules.ts';
import { tellCancelled, tellCreated, tellPaid } from './debt.facts.ts';
import type { Debt } from './debt.rules.ts';
import { afterCancel, afterPayment, remainingOf } from './debt.rules.ts';
import type { DebtPayment } from './debt.store.ts';

/** The line that a customer's debt weighs on; a company's weighs on none. */
export function lineOf({ debtorType, debtorId, companyId, currency }: Debt): LineKey | undefined {
  return debtorType === 'customer' ? { companyId, customerId: debtorId, currency } : undefined;
}

/** Changes what is held and owed on a line, which is made when there is none. */
export function shiftLine(page: Page, key: LineKey, by: { held?: number; owed?: number; now: Date }): CreditLine {
  const line = page.lines.get(lineId(key)) ?? newLine(key, by.now);
  return page.lines.put({ ...line, held: line.held + (by.held ?? 0), owed: line.owed + (by.owed ?? 0), updatedAt: by.now });
}

function shiftOwed(page: Page, debt: Debt, by: { owed: number; now: Date }): void {
  const key = lineOf(debt);
  if (key && by.owed !== 0) shiftLine(page, key, by);
}

/** Enters a new debt. */
export function enterDebt(page: Page, debt: Debt, now: Date): Debt {
  shiftOwed(page, debt, { owed: debt.amount, now });
  const kept = page.debts.put(debt);
  tellCreated(page.publish, kept);
  return kept;
}

export type Booking = Pick<DebtPayment, 'kind' | 'amount' | 'method' | 'reference' | 'paymentId' | 'recordedBy'>;

/** Books money or a credit, at most what remains, and frees that much of the line. */
export function bookPayment(page: Page, debt: Debt, { booking, now }: { booking: Booking; now: Date }): DebtPayment {
  const { _id: debtId, companyId, debtorId, currency } = debt;
  const payment: DebtPayment = { _id: newId(), debtId, companyId, debtorId, currency, ...booking, at: now };
  shiftOwed(page, debt, { owed: 0 - booking.amount, now });
  page.payments.push(payment);
  tellPaid(page.publish, page.debts.put(afterPayment(debt, booking.amount, now)), payment);
  return payment;
}

/** Writes off what remains of a debt whose order was cancelled. */
export function cancelDebt(page: Page, debt: Debt, now: Date): void {
  const remaining = remainingOf(debt);
  if (remaining === 0) return;
  shiftOwed(page, debt, { owed: 0 - remaining, now });
  tellCancelled(page.publish, page.debts.put(afterCancel(debt, now)), remaining);
}
