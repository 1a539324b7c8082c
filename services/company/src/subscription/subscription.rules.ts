import { alreadyCancelled, alreadySubscribed, notSubscribed, planCurrency, samePlan, stillOwing } from '../errors.ts';
import type { Bill } from './invoice.rules.ts';
import { billOf, line } from './invoice.rules.ts';
import { afterCycles, unusedPart } from './proration.rules.ts';

export const SUBSCRIPTION_STATUSES = ['trialing', 'active', 'past_due', 'suspended', 'cancelled'] as const;

/** What of a plan its periods and bills depend on. */
export interface Terms {
  _id: string;
  price: number;
  currency: string;
  billingCycle: 'month' | 'year';
  trialDays: number;
}

export interface Subscription {
  planId: string;
  status: (typeof SUBSCRIPTION_STATUSES)[number];
  /** Minor units in the company's favour, and their currency, which is that of the plan. */
  credit: number;
  currency: string;
  /** Of what was billed for the period that runs, what was given up unpaid and could not be taken from the credit. */
  givenUp?: number | undefined;
  /** Where the periods are counted from, and the number of the one that runs; 0 is the trial. */
  anchorAt: Date;
  period: number;
  periodStart: Date;
  periodEnd: Date;
  /** Stays after the trial: a company has one. */
  trialEndsAt: Date | null;
  cancelsAt: Date | null;
  overdueInvoiceIds: string[];
  /** Until when the overdue bills may stay so. */
  graceEndsAt: Date | null;
  /** When the job has to look at it next; null when it never has to. */
  nextStepAt: Date | null;
}

/** A subscription after a step, and what is billed for it. */
export interface Turn {
  subscription: Subscription;
  bill?: Bill | undefined;
  /** The company may not write from now on. */
  isOutOfGrace?: true;
}

const DAY_MS = 24 * 3600 * 1000;

/** Whether periods of it are still billed. */
const runs = ({ status }: Subscription): boolean => status !== 'cancelled' && status !== 'suspended';

function timed(subscription: Subscription): Subscription {
  const { graceEndsAt, periodEnd } = subscription;
  const next = [...(runs(subscription) ? [periodEnd] : []), ...(graceEndsAt ? [graceEndsAt] : [])];
  return { ...subscription, nextStepAt: next.length === 0 ? null : new Date(Math.min(...next.map(Number))) };
}

/**
 * A first subscription, or one after an earlier one has ended: a trial where the plan has one and the company had none, else its first
 * period. Throws alreadySubscribed, stillOwing, planCurrency.
 */
export function subscribe(plan: Terms, before: Subscription | undefined, now: Date): Turn {
  if (before && before.status !== 'cancelled') throw alreadySubscribed();
  if (before && before.overdueInvoiceIds.length > 0) throw stillOwing();
  const credit = before?.credit ?? 0;
  if (credit > 0 && before?.currency !== plan.currency) throw planCurrency();
  const isTrial = plan.trialDays > 0 && !before?.trialEndsAt;
  const trialEndsAt = isTrial ? new Date(now.getTime() + plan.trialDays * DAY_MS) : (before?.trialEndsAt ?? null);
  const fresh: Subscription = {
    ...{ planId: plan._id, status: 'trialing', credit, currency: plan.currency, trialEndsAt },
    ...{ anchorAt: trialEndsAt ?? now, period: 0, periodStart: now, periodEnd: trialEndsAt ?? now },
    ...{ cancelsAt: null, overdueInvoiceIds: [], graceEndsAt: null, nextStepAt: null },
  };
  return isTrial ? { subscription: timed(fresh) } : beginPeriods(fresh, plan, now);
}

/** Counts periods anew from `now`, and bills the first. */
const beginPeriods = (subscription: Subscription, plan: Terms, now: Date): Turn =>
  beginPeriod({ ...subscription, anchorAt: now, period: 0, periodEnd: now }, plan);

/** The period after the one that ends, billed in advance. */
function beginPeriod({ givenUp: _ofThePast, ...before }: Subscription, plan: Terms): Turn {
  const period = before.period + 1;
  const [start, end] = [before.periodEnd, afterCycles(before.anchorAt, period, plan.billingCycle)];
  const bill = billOf([line('period', plan._id, { amount: plan.price, period: { start, end } })], before.credit);
  const status = before.status === 'trialing' ? 'active' : before.status;
  const after = { ...before, status, period, periodStart: start, periodEnd: end, credit: bill.credit };
  return { subscription: timed(after), bill };
}

export interface Change {
  from: Terms;
  to: Terms;
  now: Date;
}

/**
 * Another plan at once. In a trial only the plan changes. Of the same cycle: the period stays, its unused rest is credited at the old
 * price and charged at the new one; what was given up of it is not credited. Of another cycle: the rest is credited and a new period begins now. A cancellation that waits is taken
 * back, also by naming the plan that is there. Throws notSubscribed, stillOwing, samePlan, planCurrency.
 */
export function changePlan(before: Subscription, { from, to, now }: Change): Turn {
  if (before.status === 'cancelled') throw notSubscribed();
  if (before.overdueInvoiceIds.length > 0 || before.status === 'suspended') throw stillOwing();
  if (to._id === from._id && before.cancelsAt === null) throw samePlan();
  if (to.currency !== before.currency) throw planCurrency();
  const renamed = { planId: to._id, cancelsAt: null };
  // Nobody was billed for a trial, whatever became of older bills meanwhile: there is nothing to credit.
  if (to._id === from._id || before.period === 0) return { subscription: timed({ ...before, ...renamed }) };
  // The rest is billed anew, and in full.
  const { givenUp = 0, ...billed } = before;
  const after: Subscription = { ...billed, ...renamed };
  const period = { start: before.periodStart, end: before.periodEnd };
  const rest = { start: now, end: period.end };
  const credited = 0 - unusedPart(Math.max(from.price - givenUp, 0), period, now);
  const credit = line('proration_credit', from._id, { amount: credited, period: rest });
  if (from.billingCycle !== to.billingCycle) return beginWithCredit(after, { credit, to, now });
  const charge = line('proration_charge', to._id, { amount: unusedPart(to.price, period, now), period: rest });
  const bill = billOf([credit, charge], before.credit);
  return { subscription: timed({ ...after, credit: bill.credit }), bill };
}

function beginWithCredit(
  after: Subscription,
  { credit, to, now }: { credit: ReturnType<typeof line>; to: Terms; now: Date },
): Turn {
  const begun = beginPeriods(after, to, now).subscription;
  const period = { start: begun.periodStart, end: begun.periodEnd };
  const bill = billOf([credit, line('period', to._id, { amount: to.price, period })], after.credit);
  return { subscription: { ...begun, credit: bill.credit }, bill };
}

/**
 * Ends it with its period, or now. What was paid for a rest is not given back, as with Stripe unless asked; what is overdue stays so.
 * Throws notSubscribed, alreadyCancelled.
 */
export function cancel(before: Subscription, at: 'period_end' | 'now'): Subscription {
  if (before.status === 'cancelled') throw notSubscribed();
  if (at === 'now' || before.status === 'suspended') return timed({ ...before, status: 'cancelled', cancelsAt: null });
  if (before.cancelsAt !== null) throw alreadyCancelled();
  return timed({ ...before, cancelsAt: before.periodEnd });
}

/** What is due: the end of the grace, the end of a cancelled subscription, or the next period. Undefined when nothing is. */
export function stepDue(before: Subscription, plan: Terms, now: Date): Turn | undefined {
  if (before.nextStepAt === null || before.nextStepAt > now) return undefined;
  if (before.graceEndsAt !== null && before.graceEndsAt <= now) return { subscription: afterGrace(before), isOutOfGrace: true };
  if (before.cancelsAt !== null) return { subscription: timed({ ...before, status: 'cancelled', cancelsAt: null }) };
  return beginPeriod(before, plan);
}

function afterGrace(before: Subscription): Subscription {
  const status = before.status === 'cancelled' ? before.status : 'suspended';
  return timed({ ...before, status, graceEndsAt: null });
}

/** After a bill became overdue: the grace is counted from the first that did. */
export function afterOverdue(before: Subscription, invoiceId: string, graceEndsAt: Date): Subscription {
  const overdueInvoiceIds = [...new Set([...before.overdueInvoiceIds, invoiceId])];
  const status = before.status === 'active' || before.status === 'trialing' ? 'past_due' : before.status;
  const grace = before.overdueInvoiceIds.length > 0 ? before.graceEndsAt : graceEndsAt;
  return timed({ ...before, status, overdueInvoiceIds, graceEndsAt: grace });
}

/** After an overdue bill was settled. With the last of them all is well again. */
export function afterSettled(before: Subscription, invoiceId: string, now: Date): Subscription {
  const overdueInvoiceIds = before.overdueInvoiceIds.filter((other) => other !== invoiceId);
  if (overdueInvoiceIds.length > 0) return { ...before, overdueInvoiceIds };
  return reopened({ ...before, overdueInvoiceIds, graceEndsAt: null }, 'active', now);
}

/**
 * After a bill was given up: what was never paid is in nobody's favour. It is taken from the credit, which came of the bill if there is
 * any, as bills use up what there was before; and should the time that was billed still run, the rest is not credited for it later.
 */
export function afterGivenUp(before: Subscription, bill: { amount: number; paidUntil: Date }, now: Date): Subscription {
  const taken = Math.min(before.credit, bill.amount);
  const rest = bill.paidUntil > now ? bill.amount - taken : 0;
  const givenUp = (before.givenUp ?? 0) + rest;
  return { ...before, credit: before.credit - taken, ...(givenUp > 0 && { givenUp }) };
}

/** After staff let a company go on that has not paid: it has another grace. */
export const afterReprieve = (before: Subscription, graceEndsAt: Date, now: Date): Subscription =>
  reopened({ ...before, graceEndsAt }, 'past_due', now);

/** The time in which it was suspended is not billed: a period that ended meanwhile is followed by one that begins now. */
function reopened(before: Subscription, status: 'active' | 'past_due', now: Date): Subscription {
  if (before.status === 'cancelled') return timed(before);
  const isOver = before.status === 'suspended' && before.periodEnd <= now;
  const isTrial = before.period === 0 && before.periodEnd > now;
  const then = isTrial && status === 'active' ? 'trialing' : status;
  return timed({ ...before, status: then, ...(isOver && { anchorAt: now, period: 0, periodEnd: now }) });
}
