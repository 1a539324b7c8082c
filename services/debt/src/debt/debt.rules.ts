import { addDays, dayIn, daysBetween, startOfDay } from './calendar.rules.ts';

export const DEBT_STATUSES = ['pending', 'partial', 'overdue', 'paid', 'written_off', 'cancelled'] as const;
export type DebtStatus = (typeof DEBT_STATUSES)[number];

export const DEBT_TYPES = ['subscription', 'purchase', 'loan'] as const;
export type DebtType = (typeof DEBT_TYPES)[number];

/** Who owes whom how much; amounts are minor units of `currency`. */
export interface Debt {
  _id: string;
  /** The company that is owed; absent where it is the platform. */
  creditorId?: string | undefined;
  debtorType: 'company' | 'customer';
  debtorId: string;
  companyId: string;
  type: DebtType;
  currency: string;
  amount: number;
  paid: number;
  /** What of `paid` was the debtor's money and has not become a credit of theirs; the rest came back as goods. */
  moneyPaid?: number | undefined;
  writtenOff: number;
  status: DebtStatus;
  dueAt: Date;
  orderId?: string | undefined;
  /** The bill of a company's subscription that it came from. */
  invoiceId?: string | undefined;
  /** Typed by staff. */
  note?: string | undefined;
  remindedAt?: Date | undefined;
  overdueAt?: Date | undefined;
  /** When the daily run has to look at it next; absent when it never has to. */
  nextStepAt?: Date | undefined;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** What is still owed. */
export const remainingOf = ({ amount, paid, writtenOff }: Pick<Debt, 'amount' | 'paid' | 'writtenOff'>): number =>
  amount - paid - writtenOff;

/** A debt after a payment or credit of at most what remains. */
export function afterPayment(debt: Debt, amount: number, now: Date): Debt {
  const after = { ...debt, paid: debt.paid + amount, updatedAt: now };
  if (remainingOf(after) === 0) return { ...after, status: 'paid', nextStepAt: undefined };
  return { ...after, status: debt.status === 'overdue' ? 'overdue' : 'partial' };
}

/** A debt whose order was cancelled: nothing more is owed. One that was paid stays paid. */
export function afterCancel(debt: Debt, now: Date): Debt {
  const remaining = remainingOf(debt);
  if (remaining === 0) return debt;
  return { ...debt, writtenOff: debt.writtenOff + remaining, status: 'cancelled', nextStepAt: undefined, updatedAt: now };
}

/** Days before a debt is due that its debtor is reminded. */
const REMIND_DAYS_BEFORE = 3;

export type Step = { kind: 'remind' | 'overdue'; at: Date };

/** What the calendar asks for next, and when, in the company's time zone; undefined when nothing more. */
export function nextStep(debt: Debt, timezone: string, now: Date): Step | undefined {
  if (debt.status !== 'pending' && debt.status !== 'partial') return undefined;
  const dueDay = dayIn(debt.dueAt, timezone);
  const overdue = { kind: 'overdue', at: startOfDay(addDays(dueDay, 1), timezone) } as const;
  if (debt.remindedAt || overdue.at <= now) return overdue;
  return { kind: 'remind', at: startOfDay(addDays(dueDay, -REMIND_DAYS_BEFORE), timezone) };
}

/** A debt after the step that is due, or with the time of the one that is not due yet. */
export function afterStep(debt: Debt, timezone: string, now: Date): { debt: Debt; done: Step['kind'] | undefined } {
  const step = nextStep(debt, timezone, now);
  if (!step || step.at > now) return { debt: { ...debt, nextStepAt: step?.at }, done: undefined };
  const after: Debt =
    step.kind === 'overdue'
      ? { ...debt, status: 'overdue', overdueAt: now, updatedAt: now }
      : { ...debt, remindedAt: now, updatedAt: now };
  return { debt: { ...after, nextStepAt: nextStep(after, timezone, now)?.at }, done: step.kind };
}

/** Whole days since the day a debt was due, in the company's time zone. */
export const daysOverdue = (debt: Pick<Debt, 'dueAt'>, timezone: string, now: Date): number =>
  Math.max(0, daysBetween(dayIn(debt.dueAt, timezone), dayIn(now, timezone)));
