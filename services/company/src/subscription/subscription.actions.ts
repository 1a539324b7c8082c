import type { Context, Tx } from '@souk/service-kit';
import { companySuspended, invalid, matchVersion, newId } from '@souk/service-kit';
import { getCompany } from '../company/company.actions.ts';
import type { Company } from '../company/company.store.ts';
import { companies, standing } from '../company/company.store.ts';
import { notSubscribed, planArchived } from '../errors.ts';
import { findPlan, planOf } from '../plan/plan.actions.ts';
import type { Plan } from '../plan/plan.store.ts';
import { invoices } from './invoice.store.ts';
import type { Subscription, Turn } from './subscription.rules.ts';
import { cancel, changePlan, stepDue, subscribe } from './subscription.rules.ts';
import { withReason } from './suspension.rules.ts';
import type { Outcome } from './turn.actions.ts';
import { writeOutcome } from './turn.actions.ts';

export type Order = { action: 'subscribe' | 'change'; planId: string } | { action: 'cancel'; at: 'period_end' | 'now' };

/**
 * Subscribes a company, changes its plan or cancels. Throws notFound, preconditionFailed, planArchived, 422 for a plan that is not there,
 * companySuspended, and as the rules do.
 */
export async function orderSubscription(ctx: Context, id: string, order: Order): Promise<Company> {
  refuseNewBills(ctx, id, order);
  const invoiceId = newId();
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const turn = await decide(tx, { order, before: before.subscription ?? undefined, now: ctx.now() });
    return writeOutcome(ctx, tx, { before, outcome: { ...turn, invoiceId } });
  });
}

/** Who may not write can end what is billed to them, so that it does not grow for ever, but order nothing that costs more. */
function refuseNewBills(ctx: Context, id: string, { action }: Order): void {
  const reason = ctx.scope.kind === 'system' ? undefined : ctx.suspensionOf(id);
  if (action !== 'cancel' && reason !== undefined) throw companySuspended(undefined, { reason });
}

async function decide(
  tx: Tx,
  { order, before, now }: { order: Order; before: Subscription | undefined; now: Date },
): Promise<Turn> {
  if (order.action === 'subscribe') return subscribe(await planOnOffer(tx, order.planId), before, now);
  if (!before) throw notSubscribed();
  if (order.action === 'cancel') return { subscription: cancel(before, order.at) };
  const from = await planOf(tx, before.planId);
  const to = order.planId === from._id ? from : await planOnOffer(tx, order.planId);
  return changePlan(before, { from, to, now });
}

async function planOnOffer(tx: Tx, planId: string): Promise<Plan> {
  const plan = await findPlan(tx, planId);
  if (plan?.isArchived) throw planArchived();
  if (plan) return plan;
  const message = 'no plan with this id';
  throw invalid('There is no such plan', { errors: [{ path: 'body.planId', code: 'unknown_plan', message }] });
}

const MOST_AT_ONCE = 100;

/**
 * Begins periods, ends what was cancelled and suspends who has not paid, each as it is due; after a pause it catches up. Running it again
 * changes nothing. What fails for one company does not keep the others waiting.
 */
export async function takeDueSteps(ctx: Context): Promise<void> {
  const failures: unknown[] = [];
  let after = '';
  for (;;) {
    const filter = { ...standing, 'subscription.nextStepAt': { $lte: ctx.now() }, _id: { $gt: after } };
    const due = await ctx.in(companies).find(filter, { fields: ['_id'], sort: { _id: 1 }, limit: MOST_AT_ONCE });
    for (const { _id } of due) await takeStepsOf(ctx, _id).catch((error) => failures.push(error));
    const last = due.at(-1);
    if (!last) break;
    after = last._id;
  }
  if (failures.length > 0) throw failures[0];
}

async function takeStepsOf(ctx: Context, companyId: string): Promise<void> {
  while (await takeStep(ctx, companyId)) {}
}

/** False when nothing is due. */
function takeStep(ctx: Context, companyId: string): Promise<boolean> {
  const invoiceId = newId();
  return ctx.transaction(async (tx) => {
    const before = await tx.in(companies).findOne({ _id: companyId, ...standing });
    if (!before?.subscription) return false;
    const turn = stepDue(before.subscription, await planOf(tx, before.subscription.planId), ctx.now());
    if (!turn) return false;
    const outcome: Outcome = {
      ...turn,
      invoiceId,
      ...(turn.isOutOfGrace && (await suspension(tx, before, before.subscription))),
    };
    await writeOutcome(ctx, tx, { before, outcome });
    return true;
  });
}

async function suspension(tx: Tx, company: Company, { overdueInvoiceIds }: Subscription): Promise<Outcome> {
  const [oldest] = overdueInvoiceIds;
  const invoice = await tx.in(invoices).findOne({ _id: oldest, companyId: company._id });
  return { suspendedFor: withReason(company.suspendedFor ?? [], 'unpaid'), debtId: invoice?.debtId };
}
