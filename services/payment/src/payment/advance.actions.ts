import { getOrderState } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { notFound, system } from '@souk/service-kit';
import type { IntentGateway, Reply } from '../gateways/gateway.ts';
import { findIntentGateway } from '../gateways/registry.ts';
import { awaitOutcome, fail } from './capture.rules.ts';
import type { SeenIntent } from './convergence.rules.ts';
import { converge } from './convergence.rules.ts';
import type { OrderNews } from './order.rules.ts';
import { learnOrder } from './order.rules.ts';
import type { Change, Moment, Payment } from './payment.rules.ts';
import { chain, changed } from './payment.rules.ts';
import { payments } from './payment.store.ts';
import { refuseRefund, settleRefund } from './refund.rules.ts';
import { amend, momentOf } from './settlement.actions.ts';
import type { Step } from './step.rules.ts';
import { nextStep, watchedIntent } from './step.rules.ts';
import { whileUnderway } from './underway.ts';

/** More steps than any payment needs at once: a bound on what a fault can loop. */
const MOST_STEPS = 12;

/** What a step brought: a rule to apply, or no answer, after which the payment waits for its next check. */
type Outcome = { isKnown: boolean; apply(payment: Payment, at: Moment): Change };

/**
 * Does what is to be done for a payment, one call after the other, none inside a transaction. What was asked of the payment is
 * committed before, so whoever comes here after a crash goes on with the same keys. An unknown outcome ends it until the next check.
 */
export async function advance(ctx: Context, payment: Payment): Promise<Payment> {
  return nextStep(payment, momentOf(ctx)) ? whileUnderway(ctx, payment._id, () => walk(ctx, payment)) : payment;
}

async function walk(ctx: Context, payment: Payment): Promise<Payment> {
  let current = payment;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const step = nextStep(current, momentOf(ctx));
    if (!step) return current;
    const outcome = await perform(ctx, current, step);
    const { version } = current;
    current = await amend(ctx, current._id, outcome.apply);
    if (!outcome.isKnown || current.version === version) return current;
  }
  return current;
}

/** Asks the gateway how an intent stands, then goes on from there; `isAnswered` is false when it did not say. */
export async function look(ctx: Context, payment: Payment, intentId: string): Promise<{ payment: Payment; isAnswered: boolean }> {
  const gateway = findIntentGateway(payment);
  if (!gateway) return { payment, isAnswered: true };
  const { isKnown, apply } = seenOutcome(await gateway.find(ctx, intentId));
  return { payment: await advance(ctx, await amend(ctx, payment._id, apply)), isAnswered: isKnown };
}

/** What the job does for a payment that is due: its next step, or a look at an intent that waits for its buyer. */
export async function checkPayment(ctx: Context, payment: Payment): Promise<void> {
  const watched = nextStep(payment, momentOf(ctx)) ? undefined : watchedIntent(payment);
  if (watched === undefined) await advance(ctx, await postpone(ctx, payment));
  else await look(ctx, payment, watched);
}

/** Moves the next check before the work begins, so that another replica or the next run leaves it alone meanwhile. */
const postpone = (ctx: Context, payment: Payment): Promise<Payment> => amend(ctx, payment._id, (current) => changed(current));

/** The payments whose check is due, those that wait longest first. */
export const duePayments = (ctx: Context, limit: number): Promise<Payment[]> =>
  ctx.in(payments).find({ nextCheckAt: { $lte: ctx.now() } }, { sort: { nextCheckAt: 1 }, limit });

/** The payment of an id or order in the caller's scope. Throws notFound. */
export async function getPayment(ctx: Pick<Context, 'in'>, filter: { _id: string } | { orderId: string }): Promise<Payment> {
  const payment = await ctx.in(payments).findOne(filter);
  if (!payment) throw notFound();
  return payment;
}

async function perform(ctx: Context, payment: Payment, step: Step): Promise<Outcome> {
  if (step.kind === 'ask_order') return askOrder(ctx, payment);
  const gateway = findIntentGateway(payment);
  if (!gateway) return noAnswer;
  switch (step.kind) {
    case 'look':
      return seenOutcome(await gateway.find(ctx, step.intentId));
    case 'refund':
      return refundOutcome(ctx, { payment, gateway, step });
    case 'void':
      return afterRefusal(ctx, { gateway, step, reply: await gateway.cancel(ctx, step) });
    case 'capture': {
      const outcome = await afterRefusal(ctx, { gateway, step, reply: await gateway.capture(ctx, step) });
      return outcome.isKnown ? outcome : { isKnown: false, apply: awaitOutcome };
    }
  }
}

const noAnswer: Outcome = { isKnown: false, apply: (payment) => changed(payment) };

const seenOutcome = (reply: Reply<SeenIntent>): Outcome =>
  reply.outcome === 'done' ? { isKnown: true, apply: (payment, at) => converge(payment, reply.value, at) } : noAnswer;

/**
 * A refused capture or void means that the intent is not as we thought, so it is looked at. If it is, against the gateway's own word,
 * still as we thought, the capture has failed for good.
 */
async function afterRefusal(
  ctx: Context,
  { gateway, step, reply }: { gateway: IntentGateway; step: Step & { intentId: string }; reply: Reply<SeenIntent> },
): Promise<Outcome> {
  if (reply.outcome !== 'refused') return seenOutcome(reply);
  const seen = await gateway.find(ctx, step.intentId);
  if (seen.outcome !== 'done') return noAnswer;
  const apply = (payment: Payment, at: Moment): Change =>
    chain(converge({ ...payment, attempts: payment.attempts + 1 }, seen.value, at), (after) =>
      step.kind === 'capture' && after.captureRequested !== undefined && seen.value.status === 'authorised'
        ? fail(after, reply.code, 'error')
        : changed(after),
    );
  return { isKnown: true, apply };
}

async function refundOutcome(
  ctx: Context,
  { payment, gateway, step }: { payment: Payment; gateway: IntentGateway; step: Step & { kind: 'refund' } },
): Promise<Outcome> {
  const { id: refundId, amount, requestedAt } = step.refund;
  const reply = await gateway.refund(ctx, { intentId: step.intentId, refundId, amount, requestedAt });
  if (reply.outcome === 'unknown') return noAnswer;
  if (reply.outcome === 'done') {
    return {
      isKnown: true,
      apply: (current, at) => settleRefund(current, { id: refundId, gatewayRefundId: reply.value.id }, at),
    };
  }
  ctx.log.error({ paymentId: payment._id, refundId, code: reply.code }, 'the gateway refused a refund');
  return { isKnown: true, apply: (current) => refuseRefund(current, refundId) };
}

/** A stub knows its order by id only. While sales does not answer either, the order's own event may still come. */
async function askOrder(ctx: Context, { orderId }: Payment): Promise<Outcome> {
  const order = await findOrder(ctx, orderId).catch(() => undefined);
  return order ? { isKnown: true, apply: (payment, at) => learnOrder(payment, order.news, at) } : noAnswer;
}

/** The order as sales knows it. Throws what sales answers. */
export async function findOrder(ctx: Context, orderId: string): Promise<{ news: OrderNews; isPending: boolean }> {
  const order = await ctx.as(system('which order is paid')).invoke(getOrderState, { params: { id: orderId } });
  const { companyId, shopId, customerId, paymentMethod: gateway, revision, amount, currency, status, traceparent } = order;
  return {
    news: { orderId, companyId, shopId, customerId, gateway, revision, amount, currency, traceparent },
    isPending: status === 'pending',
  };
}
