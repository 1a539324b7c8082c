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

interface Shift {
  held?: number;
  owed?: number;
  credit?: number;
  now: Date;
}

/** Changes what is held, owed and in the customer's favour on a line, which is made when there is none. */
export function shiftLine(page: Page, key: LineKey, by: Shift): CreditLine {
  const line = page.lines.get(lineId(key)) ?? newLine(key, by.now);
  const credit = (line.credit ?? 0) + (by.credit ?? 0);
  const sums = { held: line.held + (by.held ?? 0), owed: line.owed + (by.owed ?? 0), ...(by.credit && { credit }) };
  return page.lines.put({ ...line, ...sums, updatedAt: by.now });
}

function shiftOwed(page: Page, debt: Debt, by: { owed: number; now: Date }): void {
  const key = lineOf(debt);
  if (key && by.owed !== 0) shiftLine(page, key, by);
}

/** Enters a new debt, of which what is in the customer's favour is paid at once. */
export function enterDebt(page: Page, debt: Debt, { timezone, now }: { timezone: string; now: Date }): Debt {
  shiftOwed(page, debt, { owed: debt.amount, now });
  const kept = page.debts.put(debt);
  tellCreated(page.publish, kept, timezone);
  return useCredit(page, kept, now);
}

function useCredit(page: Page, debt: Debt, now: Date): Debt {
  const key = lineOf(debt);
  const amount = key ? Math.min(page.lines.get(lineId(key))?.credit ?? 0, debt.amount) : 0;
  if (!key || amount === 0) return debt;
  shiftLine(page, key, { credit: 0 - amount, now });
  bookPayment(page, debt, { booking: { kind: 'credit', amount }, isOwnMoney: true, now });
  return page.debts.get(debt._id) ?? debt;
}

/** Keeps money of a debt that was paid for more than is owed now, for the next debt of the same line. */
export function keepCredit(page: Page, debt: Debt, { amount, now }: { amount: number; now: Date }): void {
  const key = lineOf(debt);
  const kept = Math.min(amount, debt.moneyPaid ?? 0);
  if (!key || kept === 0) return;
  shiftLine(page, key, { credit: kept, now });
  page.debts.put({ ...debt, moneyPaid: (debt.moneyPaid ?? 0) - kept, updatedAt: now });
}

export type Booking = Pick<DebtPayment, 'kind' | 'amount' | 'method' | 'reference' | 'paymentId' | 'recordedBy'>;

interface Entry {
  booking: Booking;
  /** It is the debtor's money, and theirs again if what it paid for comes back. */
  isOwnMoney: boolean;
  now: Date;
}

/** Books money or a credit, at most what remains, and frees that much of the line. */
export function bookPayment(page: Page, debt: Debt, { booking, isOwnMoney, now }: Entry): DebtPayment {
  const { _id: debtId, companyId, debtorId, currency } = debt;
  const payment: DebtPayment = { _id: newId(), debtId, companyId, debtorId, currency, ...booking, at: now };
  shiftOwed(page, debt, { owed: 0 - booking.amount, now });
  page.payments.push(payment);
  const moneyPaid = (debt.moneyPaid ?? 0) + booking.amount;
  const after = { ...afterPayment(debt, booking.amount, now), ...(isOwnMoney && { moneyPaid }) };
  tellPaid(page.publish, page.debts.put(after), payment);
  return payment;
}

/** Writes off what remains of a debt whose order was cancelled; what was paid of it is the customer's again. */
export function cancelDebt(page: Page, debt: Debt, now: Date): void {
  const remaining = remainingOf(debt);
  if (remaining > 0) {
    shiftOwed(page, debt, { owed: 0 - remaining, now });
    tellCancelled(page.publish, page.debts.put(afterCancel(debt, now)), remaining);
  }
  keepCredit(page, page.debts.get(debt._id) ?? debt, { amount: debt.moneyPaid ?? 0, now });
}
