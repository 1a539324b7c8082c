import type { Context } from '@souk/service-kit';
import { job, system } from '@souk/service-kit';
import type { WebhookNews } from '../gateways/gateway.ts';
import { look } from '../payment/advance.actions.ts';
import { converge } from '../payment/convergence.rules.ts';
import { payments } from '../payment/payment.store.ts';
import { momentOf } from '../payment/settlement.actions.ts';
import { underway } from '../payment/underway.ts';
import type { Webhook } from './webhook.store.ts';
import { webhooks } from './webhook.store.ts';

/** The job leaves a message to whoever received it for so long. */
const FIRST_TRY_MS = 3_000;
const LONGEST_RETRY_MS = 300_000;
const MOST_AT_ONCE = 100;
const EVERY_MS = 1_000;

/** Keeps a message of a gateway once; false when it was kept before. */
export async function keepWebhook(ctx: Context, gateway: string, news: WebhookNews): Promise<boolean> {
  const now = ctx.now();
  const kept: Webhook = {
    _id: `${gateway}:${news.id}`,
    gateway,
    type: news.type,
    paymentId: news.paymentId,
    intentId: news.intent.id,
    receivedAt: now,
    tries: 0,
    dueAt: new Date(now.getTime() + FIRST_TRY_MS),
  };
  const { _id, ...fields } = kept;
  const { upserted } = await books(ctx).in(webhooks).updateOne({ _id }, { $setOnInsert: fields }, { upsert: true });
  return upserted;
}

/**
 * Works a message off now, without keeping the gateway waiting for it. Most messages overtake the answer to our own call and are waited
 * for to be booked. A message tells where to look: if its own sight of the intent is no news, neither is the gateway's, and nobody is
 * asked. Should this fail, the job does it.
 */
export function heedWebhook(ctx: Context, gateway: string, news: WebhookNews): void {
  const work = async () => {
    await underway.of(ctx).get(news.paymentId);
    const payment = await books(ctx).in(payments).findOne({ _id: news.paymentId });
    const isNews = payment !== null && converge(payment, news.intent, momentOf(ctx)).facts.length > 0;
    if (!isNews || (await look(books(ctx), payment, news.intent.id)).isAnswered) await settle(ctx, `${gateway}:${news.id}`);
  };
  work().catch((error) => ctx.log.warn({ err: error, webhook: news.id }, 'a webhook is worked off later'));
}

/** Works off what is due: received by a process that died, or while the gateway could not be asked. */
export const workOffWebhooks = job('work-off-webhooks', EVERY_MS, async (ctx) => {
  const due = await ctx.in(webhooks).find({ dueAt: { $lte: ctx.now() } }, { sort: { dueAt: 1 }, limit: MOST_AT_ONCE });
  for (const webhook of due) await workOff(ctx, webhook);
});

async function workOff(ctx: Context, { _id, paymentId, intentId, tries }: Webhook): Promise<void> {
  const waitMs = Math.min(FIRST_TRY_MS * 2 ** tries, LONGEST_RETRY_MS);
  await ctx.in(webhooks).updateOne({ _id }, { $set: { tries: tries + 1, dueAt: new Date(ctx.now().getTime() + waitMs) } });
  const payment = await ctx.in(payments).findOne({ _id: paymentId });
  if (!payment || (await look(ctx, payment, intentId)).isAnswered) await settle(ctx, _id);
}

const settle = (ctx: Context, webhookId: string) =>
  books(ctx)
    .in(webhooks)
    .updateOne({ _id: webhookId }, { $set: { doneAt: ctx.now() }, $unset: { dueAt: '' } });

const books = (ctx: Context): Context => ctx.as(system('a gateway speaks'));
