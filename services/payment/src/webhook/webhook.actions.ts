import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Context } from '@souk/service-kit';
import { job, system } from '@souk/service-kit';
import type { WebhookNews } from '../gateways/gateway.ts';
import { look } from '../payment/advance.actions.ts';
import { converge } from '../payment/convergence.rules.ts';
import type { Change, Payment } from '../payment/payment.rules.ts';
import { payments } from '../payment/payment.store.ts';
import { momentOf } from '../payment/settlement.actions.ts';
import { underway } from '../payment/underway.ts';
import type { Webhook } from './webhook.store.ts';
import { webhooks } from './webhook.store.ts';

/** A message that has waited so long in vain is judged by what is booked; each that waits takes a connection of the gateway's. */
const LONGEST_WAIT_MS = 1_000;
/** The job leaves a message to whoever received it for so long. */
const FIRST_TRY_MS = 3_000;
const LONGEST_RETRY_MS = 300_000;
const MOST_AT_ONCE = 100;
const EVERY_MS = 1_000;

/**
 * Takes a message of a gateway in, once. Most messages overtake the answer to our own call and are waited for to be booked: then they are
 * no news and only kept, to know a repeat. A message that is news is kept to be worked off, which the gateway does not wait for.
 */
export async function takeWebhook(ctx: Context, gateway: string, news: WebhookNews): Promise<void> {
  const { paymentId, intent } = news;
  const webhookId = `${gateway}:${news.id}`;
  const own = underway.of(ctx).get(paymentId);
  if (own !== undefined) await Promise.race([own, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
  const payment = await books(ctx).in(payments).findOne({ _id: paymentId });
  const isNews = payment !== null && brings(converge(payment, intent, momentOf(ctx)), payment);
  const now = ctx.now();
  const state = isNews ? { dueAt: new Date(now.getTime() + FIRST_TRY_MS) } : { doneAt: now };
  const fields = { gateway, type: news.type, paymentId, intentId: intent.id, receivedAt: now, tries: 0, ...state };
  const kept = await books(ctx).in(webhooks).updateOne({ _id: webhookId }, { $setOnInsert: fields }, { upsert: true });
  if (kept.upserted && isNews)
    heed(ctx, { webhookId, payment, intentId: intent.id }).catch((error) =>
      ctx.log.warn({ err: error, webhookId }, 'a webhook is worked off later'),
    );
}

const brings = ({ facts, payment: after }: Change, before: Payment): boolean =>
  facts.length > 0 || !isDeepStrictEqual(after, before);

/** A message only tells where to look: what is booked is what the gateway answers. Should this fail, the job does it. */
async function heed(ctx: Context, about: { webhookId: string; payment: Payment; intentId: string }): Promise<void> {
  if ((await look(books(ctx), about.payment, about.intentId)).isAnswered) await settle(ctx, about.webhookId);
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
