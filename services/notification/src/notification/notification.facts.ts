import type { EventData, notificationSent } from '@souk/contracts';
import type { Notification } from './notification.store.ts';

/** What a fact about a notification says of it: what it is about, never its words. */
export function factOf(notification: Notification, now: Date) {
  const { _id, userId, companyId, orderId, type, channel, priority, eventId, version, traceparent } = notification;
  const data: EventData<typeof notificationSent> = {
    ...{ notificationId: _id, userId, template: type, channel, priority, causeId: eventId, at: now.toISOString() },
    ...(companyId !== undefined && { companyId }),
    ...(orderId !== undefined && { orderId }),
  };
  return { subject: _id, version, companyId, data, traceparent };
}
