import { notificationRead, notificationSent } from '@souk/contracts';
import { goneAmong } from '@souk/offboarding';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, conflict, defineBatch, newId, notFound, system } from '@souk/service-kit';
import { notSentYet } from '../errors.ts';
import { courier } from '../sending/courier.ts';
import { sendOne } from '../sending/sending.actions.ts';
import type { Template } from '../templates/template.ts';
import { factOf } from './notification.facts.ts';
import { channelsOf } from './notification.rules.ts';
import type { Notification } from './notification.store.ts';
import { notifications } from './notification.store.ts';

/** Whom and what a notification is about. */
export interface About {
  /** Guests have none, and get none. */
  userId?: string | undefined;
  companyId?: string | undefined;
  orderId?: string | undefined;
}

interface Notice {
  eventId: string;
  about: About & { userId: string };
  template: Template;
  variables: object;
  traceparent: string;
  now: Date;
}

/**
 * Tells the person of the event that is worked off, over every channel of the template's priority. What is in-app has arrived with
 * this; mails are pending, and sent in the background.
 */
export async function notify<Variables extends object>(
  ctx: Context,
  about: About,
  message: { template: Template<Variables>; variables: Variables },
): Promise<void> {
  const { userId } = about;
  if (userId === undefined || !ctx.event) return;
  const notice = { eventId: ctx.event.id, about: { ...about, userId }, ...message, traceparent: ctx.traceparent, now: ctx.now() };
  const made = await ctx.batch(writeNotices, notice);
  const background = ctx.as(system('a mail is sent'));
  for (const each of made.filter(({ status }) => status === 'pending')) courier.of(ctx).take(() => sendOne(background, each));
}

/**
 * Writes the notifications of many events in one transaction. What a fact has led to already is not made again. Of a company that is gone
 * only how its orders end is told.
 */
export const writeNotices = defineBatch<Notice, Notification[]>('notices', async (entries, tx) => {
  const known = await knownAmong(
    entries.map(({ request }) => request.eventId),
    tx,
  );
  const gone = await goneAmong(
    tx,
    entries.flatMap(({ request: { about } }) => about.companyId ?? []),
  );
  const outcomes = entries.map(({ request, publish }) => {
    const { template, about } = request;
    const isTold = template.endsOrders || !gone.has(about.companyId ?? '');
    const made = isTold ? notificationsOf(request).filter((each) => !known.has(keyOf(each))) : [];
    for (const each of made) {
      known.add(keyOf(each));
      if (each.status === 'sent') publish(notificationSent, factOf(each, request.now));
    }
    return { value: made };
  });
  await tx.in(notifications).insertMany(outcomes.flatMap(({ value }) => value));
  return outcomes;
});

type Key = Pick<Notification, 'eventId' | 'userId' | 'channel'>;
const keyOf = ({ eventId, userId, channel }: Key): string => `${eventId} ${userId} ${channel}`;

async function knownAmong(eventIds: string[], tx: Tx): Promise<Set<string>> {
  const found = await tx.in(notifications).find({ eventId: { $in: eventIds } }, { fields: ['eventId', 'userId', 'channel'] });
  return new Set(found.map(keyOf));
}

function notificationsOf({
  eventId,
  about: { userId, companyId, orderId },
  template,
  variables,
  ...notice
}: Notice): Notification[] {
  const { now, traceparent } = notice;
  return channelsOf(template.priority).map((channel) => ({
    _id: newId(),
    userId,
    ...(companyId !== undefined && { companyId }),
    ...(orderId !== undefined && { orderId }),
    ...{ eventId, type: template.type, channel, priority: template.priority },
    ...{ subject: template.subject(variables), content: template.content(variables), variables },
    ...(channel === 'email' ? { status: 'pending', attempts: 0, dueAt: now } : { status: 'sent', attempts: 1, sentAt: now }),
    ...{ traceparent, version: 1, createdAt: now, updatedAt: now },
  }));
}

/** A notification that the caller may see. Throws notFound. */
export async function getNotification(ctx: Pick<Context, 'in'>, id: string): Promise<Notification> {
  const notification = await ctx.in(notifications).findOne({ _id: id });
  if (!notification) throw notFound();
  return notification;
}

/** Its reader has read it; a second time changes nothing. Throws notFound, and notSentYet for one that is under way. */
export function markRead(ctx: Context, id: string): Promise<Notification> {
  return ctx.transaction(async (tx) => {
    const before = await getNotification(tx, id);
    if (before.status === 'read') return before;
    if (before.status === 'pending' || before.status === 'failed') throw notSentYet();
    const now = ctx.now();
    const read = { status: 'read', readAt: now, updatedAt: now } as const;
    const { matched } = await tx
      .in(notifications)
      .updateOne({ _id: id, version: before.version }, { $set: read, $inc: { version: 1 } });
    if (matched === 0) throw conflict();
    const after: Notification = { ...before, ...read, version: before.version + 1 };
    const changes = changesBetween({ status: before.status }, { status: after.status });
    tx.publish(notificationRead, { ...factOf(after, now), changes });
    return after;
  });
}
