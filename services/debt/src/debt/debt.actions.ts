import type { Context } from '@souk/service-kit';
import { companyNamed, matchVersion, newId, notFound, system } from '@souk/service-kit';
import { enter } from '../book/book.ts';
import { requireCompany, timezoneOf, timezonesOf } from '../company/company.actions.ts';
import { aboveRemaining, notCreditor, onlyCustomers } from '../errors.ts';
import type { Booking } from './debt.entries.ts';
import { bookPayment, enterDebt, lineOf } from './debt.entries.ts';
import { tellStep } from './debt.facts.ts';
import type { Debt } from './debt.rules.ts';
import { afterStep, nextStep, remainingOf } from './debt.rules.ts';
import type { DebtPayment } from './debt.store.ts';
import { debtPayments, debts } from './debt.store.ts';

/** A debt that the caller may see. Throws notFound. */
export async function getDebt(ctx: Pick<Context, 'in'>, id: string): Promise<Debt> {
  const debt = await ctx.in(debts).findOne({ _id: id });
  if (!debt) throw notFound();
  return debt;
}

export interface NewDebt extends Pick<Debt, 'debtorType' | 'debtorId' | 'type' | 'currency' | 'amount' | 'dueAt' | 'note'> {
  /** Whose tenant it is, where the caller belongs to none. */
  companyId?: string | undefined;
}

/**
 * Enters a debt by hand: a customer owes a company, or, entered by the platform, a company owes the platform. Throws onlyCustomers,
 * unknownCompany, and as `companyNamed` does.
 */
export async function addDebt(ctx: Context, wanted: NewDebt): Promise<Debt> {
  const { debtorType, debtorId, type, currency, amount, dueAt, note } = wanted;
  const isPlatform = ctx.scope.kind === 'system';
  if (debtorType === 'company' && !isPlatform) throw onlyCustomers();
  const companyId = debtorType === 'company' ? debtorId : companyNamed(ctx, wanted.companyId);
  if (isPlatform) await requireCompany(ctx, companyId, debtorType === 'company' ? 'debtorId' : 'companyId');
  const creditorId = debtorType === 'company' ? undefined : companyId;
  const fields = { creditorId, debtorType, debtorId, companyId, type, currency, amount, dueAt, note };
  const at = { timezone: await timezoneOf(ctx, companyId), now: ctx.now() };
  const debt = newDebt(fields, at);
  const line = lineOf(debt);
  return enter(ctx, { needs: { lines: line ? [line] : [] }, decide: (page) => enterDebt(page, debt, at) });
}

type NewFields = Omit<Debt, '_id' | 'paid' | 'writtenOff' | 'status' | 'version' | 'createdAt' | 'updatedAt'>;

/** A debt of which nothing is paid, and the time of its first step. */
export function newDebt(fields: NewFields, at: { timezone: string; now: Date }): Debt {
  const made = { version: 0, createdAt: at.now, updatedAt: at.now };
  const debt: Debt = { _id: newId(), ...fields, paid: 0, writtenOff: 0, status: 'pending', ...made };
  return { ...debt, nextStepAt: nextStep(debt, at.timezone, at.now)?.at };
}

/** Records money that came in. Throws notFound, notCreditor, preconditionFailed, and aboveRemaining, which also keeps a settled debt as it is. */
export async function recordPayment(
  ctx: Context,
  debtId: string,
  money: Pick<Booking, 'amount' | 'method' | 'reference'>,
): Promise<DebtPayment> {
  const seen = await getDebt(ctx, debtId);
  if (ctx.scope.kind !== 'system' && seen.creditorId !== ctx.caller?.companyId) throw notCreditor();
  const line = lineOf(seen);
  const booking: Booking = { ...money, kind: 'payment', recordedBy: ctx.caller?.userId };
  return enter(ctx, {
    needs: { debtIds: [debtId], lines: line ? [line] : [] },
    decide(page) {
      const debt = page.debts.get(debtId);
      if (!debt) throw notFound();
      matchVersion(ctx, debt.version);
      const remaining = remainingOf(debt);
      if (money.amount > remaining) throw aboveRemaining(`${remaining} is still owed`, { remaining });
      return bookPayment(page, debt, { booking, isOwnMoney: true, now: ctx.now() });
    },
  });
}

const MOST_AT_ONCE = 200;

/** Takes the steps of the calendar that are due: reminders, and what is overdue now. Running it again changes nothing. */
export async function takeDueSteps(ctx: Context): Promise<void> {
  for (;;) {
    const due = await ctx.in(debts).find({ nextStepAt: { $lte: ctx.now() } }, { sort: { nextStepAt: 1 }, limit: MOST_AT_ONCE });
    if (due.length === 0) return;
    const timezoneFor = await timezonesOf(
      ctx,
      due.map(({ companyId }) => companyId),
    );
    await Promise.all(due.map(({ _id, companyId }) => takeStep(ctx, _id, timezoneFor(companyId))));
  }
}

function takeStep(ctx: Context, debtId: string, timezone: string): Promise<void> {
  const now = ctx.now();
  return enter(ctx, {
    needs: { debtIds: [debtId] },
    decide(page) {
      const before = page.debts.get(debtId);
      if (!before) return;
      const { debt, done } = afterStep(before, timezone, now);
      const kept = page.debts.put(debt);
      if (done) tellStep(page.publish, kept, { kind: done, timezone, now });
    },
  });
}

/** Nobody is reminded any more of what is owed to or by a company that is gone. */
export const endReminders = (ctx: Context, companyId: string): Promise<unknown> =>
  ctx.as(system('a company was deleted')).transaction(async (tx) => {
    const reminded = { companyId, nextStepAt: { $exists: true } };
    await tx.in(debts).updateMany(reminded, { $unset: { nextStepAt: 1 }, $inc: { version: 1 } });
  });

/** Forgets what staff typed about a person who was erased. Amounts stay: they are the creditor's books. */
export const forgetDebtor = (ctx: Context, debtorId: string): Promise<unknown> =>
  ctx.as(system('a user was erased')).transaction(async (tx) => {
    await tx.in(debts).updateMany({ debtorId, note: { $exists: true } }, { $unset: { note: 1 }, $inc: { version: 1 } });
    await tx.in(debtPayments).updateMany({ debtorId, reference: { $exists: true } }, { $unset: { reference: 1 } });
  });
