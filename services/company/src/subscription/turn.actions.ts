import { companyResumed, companySubscriptionChanged, companySuspended } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween } from '@souk/service-kit';
import { about, saveCompany } from '../company/company.actions.ts';
import type { Company } from '../company/company.store.ts';
import { config } from '../config.ts';
import { planOf } from '../plan/plan.actions.ts';
import type { Plan } from '../plan/plan.store.ts';
import { issueInvoice } from './invoice.actions.ts';
import type { Subscription, Turn } from './subscription.rules.ts';
import type { SuspensionReason } from './suspension.rules.ts';
import { suspensionNews } from './suspension.rules.ts';

const DAY_MS = 24 * 3600 * 1000;

export const daysFrom = (now: Date, count: number): Date => new Date(now.getTime() + count * DAY_MS);

export interface Outcome extends Partial<Turn> {
  suspendedFor?: SuspensionReason[] | undefined;
  /** Of the bill, if there is one: made outside of the transaction, which may run again. */
  invoiceId?: string | undefined;
  /** What was left unpaid. */
  debtId?: string | undefined;
}

/** Writes what came of a company's subscription and tells of it: bill, subscription and suspension in one transaction. */
export async function writeOutcome(ctx: Context, tx: Tx, { before, outcome }: { before: Company; outcome: Outcome }) {
  const now = ctx.now();
  const { subscription = before.subscription, bill, invoiceId, suspendedFor = before.suspendedFor ?? [] } = outcome;
  const patch = { ...(subscription && { subscription }), suspendedFor, updatedAt: now };
  const after = await saveCompany(tx, before, patch);
  if (subscription && outcome.subscription) await tellSubscription(tx, { before, after, subscription, now });
  if (subscription && bill && invoiceId !== undefined) {
    const dueAt = daysFrom(now, config.of(ctx).SUBSCRIPTION_TERM_DAYS);
    await issueInvoice(tx, after, { invoiceId, bill, subscription, dueAt, now });
  }
  tellSuspension(tx, { before, after, debtId: outcome.debtId, at: now.toISOString() });
  return after;
}

interface Told {
  before: Company;
  after: Company;
}

async function tellSubscription(tx: Tx, told: Told & { subscription: Subscription; now: Date }): Promise<void> {
  const { before, after, subscription, now } = told;
  const previousStatus = before.subscription?.status;
  tx.publish(companySubscriptionChanged, {
    ...about(after),
    data: {
      ...dataOf(subscription, await planOf(tx, subscription.planId)),
      ...{ companyId: after._id, at: now.toISOString() },
      ...(previousStatus !== undefined && { previousStatus }),
    },
    changes: changesBetween(before.subscription ?? {}, subscription),
  });
}

function dataOf({ planId, status, periodEnd, trialEndsAt, cancelsAt }: Subscription, { limits, features }: Plan) {
  return {
    ...{ planId, status, limits, features, periodEndsAt: periodEnd.toISOString() },
    ...(trialEndsAt && { trialEndsAt: trialEndsAt.toISOString() }),
    ...(cancelsAt && { cancelsAt: cancelsAt.toISOString() }),
  };
}

function tellSuspension(tx: Tx, { before, after, debtId, at }: Told & { debtId: string | undefined; at: string }): void {
  const [was, is] = [before.suspendedFor ?? [], after.suspendedFor ?? []];
  const news = suspensionNews(was, is);
  if (news === undefined) return;
  const fact = { ...about(after), changes: changesBetween({ suspendedFor: was }, { suspendedFor: is }) };
  const companyId = after._id;
  if (news === 'none') tx.publish(companyResumed, { ...fact, data: { companyId, at } });
  else tx.publish(companySuspended, { ...fact, data: { companyId, reason: news, ...(debtId !== undefined && { debtId }), at } });
}
