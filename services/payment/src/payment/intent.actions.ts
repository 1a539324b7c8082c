import type { Context } from '@souk/service-kit';
import { matchVersion, system } from '@souk/service-kit';
import {
  captureUnderway,
  declined,
  gatewayMissing,
  gatewayUnanswered,
  meansRefused,
  noIntent,
  noIntentNeeded,
  orderNotPayable,
} from '../errors.ts';
import type { IntentGateway, Means, Reply } from '../gateways/gateway.ts';
import { findIntentGateway } from '../gateways/registry.ts';
import { advance, findOrder, getPayment, look } from './advance.actions.ts';
import { awaitOutcome } from './capture.rules.ts';
import type { SeenIntent } from './convergence.rules.ts';
import { adoptIntent, converge, countAttempt, decline } from './convergence.rules.ts';
import { giveUp, learnOrder, reopen } from './order.rules.ts';
import type { Moment, Payment } from './payment.rules.ts';
import { isCaptured, isEnded, isStub, settlesAtOnce } from './payment.rules.ts';
import { payments } from './payment.store.ts';
import { amend, amendOfOrder, momentOf } from './settlement.actions.ts';
import { whileUnderway } from './underway.ts';

/** Opens or returns the one intent of an order. Throws noIntentNeeded, orderNotPayable, gatewayMissing, gatewayUnanswered. */
export async function openIntent(ctx: Context, orderId: string): Promise<{ payment: Payment; isNew: boolean }> {
  const known = await findOrLearn(ctx, orderId);
  const gateway = payableThrough(known, momentOf(ctx));
  const payment = known.cancel ? await amend(ctx, (await advance(ctx, known))._id, reopen) : known;
  // The intent of an attempt that was given up could not be voided yet.
  if (payment.cancel) throw gatewayUnanswered();
  if (payment.intent) return { payment, isNew: false };
  const { _id: paymentId, amount, currency, revision, intentCount } = payment;
  // The key follows from what is opened, so that two who ask at once, and a repeat after a crash, are given the same intent.
  const key = `${paymentId}:open:${intentCount}:${revision}:${amount}:${currency}`;
  const reply = await gateway.open(ctx, { paymentId, amount, currency, key });
  if (reply.outcome !== 'done') throw gatewayUnanswered();
  const adopted = await advance(ctx, await amend(ctx, paymentId, (current) => adoptIntent(current, reply.value, revision)));
  payableThrough(adopted, momentOf(ctx));
  // The order changed while the gateway opened: what it opened is for another amount, and whoever asks again is given the right one.
  if (!adopted.intent) throw gatewayUnanswered();
  return { payment: adopted, isNew: true };
}

async function findOrLearn(ctx: Context, orderId: string): Promise<Payment> {
  const mine = await ctx.in(payments).findOne({ orderId });
  if (mine && !isStub(mine)) return mine;
  // It may be somebody else's, whom sales need not be asked about.
  const known = await ctx.as(system('is the order known')).in(payments).findOne({ orderId });
  if (!known || isStub(known)) await learnFromSales(ctx, orderId);
  return getPayment(ctx, { orderId });
}

async function learnFromSales(ctx: Context, orderId: string): Promise<void> {
  const { news, isPending } = await findOrder(ctx, orderId);
  if (!isPending) throw orderNotPayable();
  await amendOfOrder(ctx, news, (payment, at) => learnOrder(payment, news, at));
}

/** The gateway that may take this payment now. */
function payableThrough(payment: Payment, at: Moment): IntentGateway {
  if (isEnded(payment) || isCaptured(payment)) throw orderNotPayable();
  if (settlesAtOnce(payment, at)) throw noIntentNeeded();
  const gateway = findIntentGateway(payment);
  if (!gateway) throw gatewayMissing();
  return gateway;
}

/**
 * Confirms the intent with what the buyer pays with. An outcome that is not known is looked for at the gateway; a payment that stays
 * `processing` is looked at until it is. Throws declined, meansRefused, noIntent and what payableThrough throws.
 */
export async function confirmPayment(ctx: Context, paymentId: string, means: Means): Promise<Payment> {
  const payment = await getPayment(ctx, { _id: paymentId });
  matchVersion(ctx, payment.version);
  if (isCaptured(payment) && !isEnded(payment)) return payment;
  const gateway = payableThrough(payment, momentOf(ctx));
  const { intent } = payment;
  if (!intent || payment.cancel) throw noIntent();
  if (intent.status === 'authorised') return payment;
  // A repeat after a lost reply has the same attempt, and so the same answer; the next attempt has a key of its own.
  const key = `${intent.id}:confirm:${payment.attempts}`;
  return whileUnderway(ctx, paymentId, async () => {
    const reply = await gateway.confirm(ctx, { intentId: intent.id, means, key });
    return settleConfirmation(ctx, { payment, intentId: intent.id, reply });
  });
}

async function settleConfirmation(
  ctx: Context,
  { payment, intentId, reply }: { payment: Payment; intentId: string; reply: Reply<SeenIntent> },
): Promise<Payment> {
  const { _id: paymentId, attempts } = payment;
  if (reply.outcome === 'done')
    return advance(ctx, await amend(ctx, paymentId, (current, at) => converge(current, reply.value, at)));
  if (reply.outcome === 'unknown') return (await look(ctx, await amend(ctx, paymentId, awaitOutcome), intentId)).payment;
  if (reply.why === 'input') {
    await amend(ctx, paymentId, (current) => countAttempt(current, attempts));
    throw meansRefused(undefined, { reason: reply.code });
  }
  if (reply.why === 'declined') {
    await amend(ctx, paymentId, (current) => decline(current, { before: payment, code: reply.code }));
    throw declined(undefined, { reason: reply.code });
  }
  // The intent was not open any more, or the key had been used with another card: the gateway knows what became of it.
  const { payment: seen } = await look(ctx, await amend(ctx, paymentId, (current) => countAttempt(current, attempts)), intentId);
  if (seen.status === 'failed') throw declined();
  return seen;
}

/** Gives the open attempt up: its intent is voided, and another may be opened while the order waits. */
export async function cancelPayment(ctx: Context, paymentId: string): Promise<Payment> {
  await getPayment(ctx, { _id: paymentId });
  const by = ctx.caller?.role === 'customer' ? 'customer' : 'staff';
  const cancelled = await amend(ctx, paymentId, (payment, at) => {
    matchVersion(ctx, payment.version);
    payableThrough(payment, at);
    if (payment.captureRequested !== undefined) throw captureUnderway();
    if (!payment.intent) throw noIntent();
    return giveUp(payment, by, at);
  });
  return advance(ctx, cancelled);
}
