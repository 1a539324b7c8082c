import { getContact, mintMailToken, notificationFailed, notificationSent } from '@souk/contracts';
import { isGone } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { BatchConflict, DomainError, defineBatch } from '@souk/service-kit';
import { config } from '../config.ts';
import { factOf } from '../notification/notification.facts.ts';
import type { Outcome } from '../notification/notification.rules.ts';
import { afterAttempt, reasonOf } from '../notification/notification.rules.ts';
import type { Notification } from '../notification/notification.store.ts';
import { notifications } from '../notification/notification.store.ts';
import { getTemplate } from '../templates/index.ts';
import type { Recipient } from '../templates/letter.ts';
import { writeLetter } from '../templates/letter.ts';
import type { Secret } from '../templates/template.ts';
import { mailer } from './mailer.ts';

const MOST_AT_ONCE = 25;
/** Longer than an attempt can take: when it is over, whoever tried is dead, and another may. */
const CLAIM_MS = 45_000;

/** Sends what is due: retries, and what a process that ended has left. */
export async function sendDue(ctx: Context): Promise<void> {
  for (;;) {
    const due = await ctx.in(notifications).find({ dueAt: { $lte: ctx.now() } }, { sort: { dueAt: 1 }, limit: MOST_AT_ONCE });
    const sent = await Promise.all(due.map((each) => sendOne(ctx, each)));
    if (!sent.some(Boolean)) return;
  }
}

/** One attempt to send a pending notification. False when another process has it. */
export async function sendOne(ctx: Context, found: Notification): Promise<boolean> {
  const claimed = await claim(ctx, found);
  if (!claimed) return false;
  const outcome = await attempt(ctx, claimed).catch((error: unknown) => failureOf(error, ctx));
  await ctx.batch(settleAttempts, { claimed, outcome, now: ctx.now() });
  return true;
}

async function claim(ctx: Context, found: Notification): Promise<Notification | null> {
  const { _id, version, attempts } = found;
  const now = ctx.now();
  const claim = { dueAt: new Date(now.getTime() + CLAIM_MS), updatedAt: now };
  const update = { $set: claim, $inc: { version: 1, attempts: 1 } };
  const { matched } = await ctx.in(notifications).updateOne({ _id, version, status: 'pending' }, update);
  return matched === 0 ? null : { ...found, ...claim, version: version + 1, attempts: attempts + 1 };
}

async function attempt(ctx: Context, notification: Notification): Promise<Outcome> {
  const template = getTemplate(notification.type);
  const { companyId } = notification;
  if (!template.endsOrders && companyId !== undefined && (await isGone(ctx, companyId)))
    return { accepted: false, reason: 'company_deleted', isFinal: true };
  const recipient = await findRecipient(ctx, notification.userId, template.secret);
  if (!recipient) return { accepted: false, reason: 'account_inactive', isFinal: true };
  const letter = writeLetter(template, notification.variables, { recipient, publicUrl: config.of(ctx).PUBLIC_URL });
  return mailer.of(ctx).send({ ...letter, id: notification._id, to: recipient.email });
}

/** Asked at the moment of sending: addresses change, and secrets are not kept. Null when the account is switched off. */
async function findRecipient(ctx: Context, userId: string, purpose: Secret | undefined): Promise<Recipient | null> {
  if (purpose === undefined) {
    const { email, name, isActive } = await ctx.invoke(getContact, { params: { id: userId } });
    return isActive ? { email, name } : null;
  }
  const { email, name, ...secret } = await ctx.invoke(mintMailToken, { params: { id: userId }, body: { purpose } });
  return { email, name, secret };
}

/** A refusal by whoever was asked stands; a fault, theirs or ours, may pass. */
function failureOf(error: unknown, ctx: Context): Outcome {
  ctx.log.warn({ err: error }, 'a notification could not be sent');
  if (!(error instanceof DomainError)) return { accepted: false, reason: 'internal_error', isFinal: false };
  const isFinal = error.status < 500 && error.status !== 429 && error.status !== 409;
  return { accepted: false, reason: reasonOf(error.code), isFinal };
}

interface Attempt {
  claimed: Notification;
  outcome: Outcome;
  now: Date;
}

/** Writes what came of many attempts. One whose claim has passed to another process is left to it. */
const settleAttempts = defineBatch<Attempt, boolean>('attempts', async (entries, tx) => {
  const ids = entries.map(({ request }) => request.claimed._id);
  const found = await tx.in(notifications).find({ _id: { $in: ids } }, { fields: ['version'] });
  const versions = new Map(found.map(({ _id, version }) => [_id, version]));
  const standing = entries.filter(({ request: { claimed } }) => versions.get(claimed._id) === claimed.version);
  const writes = standing.map(({ request: { claimed, outcome, now }, publish }) => {
    const step = afterAttempt(outcome, claimed.attempts, now);
    const fact = factOf({ ...claimed, version: claimed.version + 1 }, now);
    if (step.status === 'sent') publish(notificationSent, fact);
    if (step.status === 'failed') {
      const data = { ...fact.data, reason: step.reason, attempts: claimed.attempts };
      publish(notificationFailed, { ...fact, data });
    }
    return { updateOne: { filter: { _id: claimed._id, version: claimed.version }, update: updateOf(step, now) } };
  });
  const { modified } = await tx.in(notifications).bulkWrite(writes);
  if (modified !== writes.length) throw new BatchConflict();
  return entries.map((entry) => ({ value: standing.includes(entry) }));
});

function updateOf(step: ReturnType<typeof afterAttempt>, now: Date) {
  const $inc = { version: 1 };
  if (step.status === 'pending') return { $set: { ...step, updatedAt: now }, $inc };
  const sent = step.status === 'sent';
  return {
    $set: { ...step, updatedAt: now, ...(sent && { sentAt: now }) },
    $unset: { dueAt: 1, ...(sent && { reason: 1 }) },
    $inc,
  };
}
