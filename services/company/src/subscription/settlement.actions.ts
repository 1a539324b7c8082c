import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import type { Company } from '../company/company.store.ts';
import { companies, standing } from '../company/company.store.ts';
import { config } from '../config.ts';
import type { Invoice } from './invoice.rules.ts';
import { invoices } from './invoice.store.ts';
import { afterGivenUp, afterOverdue, afterSettled } from './subscription.rules.ts';
import { withoutReason } from './suspension.rules.ts';
import type { Outcome } from './turn.actions.ts';
import { daysFrom, writeOutcome } from './turn.actions.ts';

/** A bill as the debt service speaks of it. */
export interface BilledDebt {
  invoiceId: string;
  debtId: string;
  companyId: string;
}

/** Keeps which debt a bill became. */
export const noteDebt = (ctx: Context, { invoiceId, debtId, companyId }: BilledDebt): Promise<unknown> =>
  ctx.transaction((tx) => tx.in(invoices).updateOne({ _id: invoiceId, companyId }, { $set: { debtId } }));

/** A bill was not paid in time: the grace begins. One that was settled meanwhile stays settled. */
export function noteOverdue(ctx: Context, debt: BilledDebt, dueAt: Date): Promise<void> {
  return ctx.transaction(async (tx) => {
    if (!(await mark(tx, debt, { from: ['open'], set: { status: 'overdue' } }))) return;
    const graceEndsAt = daysFrom(dueAt, config.of(ctx).SUBSCRIPTION_GRACE_DAYS);
    await follow(ctx, tx, {
      companyId: debt.companyId,
      decide: ({ subscription }) => subscription && { subscription: afterOverdue(subscription, debt.invoiceId, graceEndsAt) },
    });
  });
}

/** A bill was paid. With the last overdue one the company may write again. */
export function notePaid(ctx: Context, debt: BilledDebt): Promise<void> {
  return ctx.transaction(async (tx) => {
    const now = ctx.now();
    if (!(await mark(tx, debt, { from: ['open', 'overdue'], set: { status: 'paid', settledAt: now } }))) return;
    await follow(ctx, tx, { companyId: debt.companyId, decide: (company) => settled(company, debt, now) });
  });
}

/** What was left of a bill, `amount`, was given up: it is settled like one that was paid, but nothing stays of it in anybody's favour. */
export function noteGivenUp(ctx: Context, debt: BilledDebt, amount: number): Promise<void> {
  return ctx.transaction(async (tx) => {
    const now = ctx.now();
    if (!(await mark(tx, debt, { from: ['open', 'overdue'], set: { status: 'void', settledAt: now } }))) return;
    const invoice = await tx.in(invoices).findOne({ _id: debt.invoiceId });
    const ends = invoice?.lines.flatMap(({ periodEnd }) => (periodEnd ? [periodEnd.getTime()] : [])) ?? [];
    const bill = { amount: Math.min(amount, invoice?.total ?? 0), paidUntil: new Date(Math.max(0, ...ends)) };
    await follow(ctx, tx, {
      companyId: debt.companyId,
      decide: (company) => {
        if (!company.subscription) return undefined;
        const subscription = afterGivenUp(company.subscription, bill, now);
        return { subscription, ...settled({ ...company, subscription }, debt, now) };
      },
    });
  });
}

function settled({ subscription, suspendedFor = [] }: Company, { invoiceId }: BilledDebt, now: Date): Outcome | undefined {
  if (!subscription?.overdueInvoiceIds.includes(invoiceId)) return undefined;
  const after = afterSettled(subscription, invoiceId, now);
  const isClear = after.overdueInvoiceIds.length === 0;
  return { subscription: after, ...(isClear && { suspendedFor: withoutReason(suspendedFor, 'unpaid') }) };
}

/** True when the bill was in one of the states it is to come from. */
async function mark(
  tx: Tx,
  { invoiceId, companyId, debtId }: BilledDebt,
  { from, set }: { from: Invoice['status'][]; set: Partial<Invoice> },
): Promise<boolean> {
  const filter = { _id: invoiceId, companyId, status: { $in: from } };
  const { matched } = await tx.in(invoices).updateOne(filter, { $set: { ...set, debtId } });
  return matched > 0;
}

/** Lets a company's subscription follow; one that was deleted meanwhile has none. */
async function follow(
  ctx: Context,
  tx: Tx,
  { companyId, decide }: { companyId: string; decide: (company: Company) => Outcome | undefined | null },
): Promise<void> {
  const platform = tx.as(system('bills are settled whoever pays them'));
  const before = await platform.in(companies).findOne({ _id: companyId, ...standing });
  const outcome = before && decide(before);
  if (before && outcome) await writeOutcome(ctx, platform, { before, outcome });
}
