import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { ids, moments } from './examples.ts';
import { at, count, reasonCode } from './shapes.ts';

const producer = 'notification';

/** `template` says what it is about (`order.confirmed`); its words stay with the service. A guest has no `userId`. */
const notification = z.object({
  notificationId: id,
  companyId: id.optional(),
  userId: id.optional(),
  orderId: id.optional(),
  template: z.string().min(1),
  channel: z.enum(['email', 'sms', 'push', 'in_app']),
  priority: z.enum(['critical', 'high', 'normal', 'low']),
  causeId: id.optional(),
  at,
});
const confirmation: z.infer<typeof notification> = {
  notificationId: ids.notification,
  companyId: ids.company,
  userId: ids.customer,
  orderId: ids.order,
  template: 'order.confirmed',
  channel: 'email',
  priority: 'high',
  causeId: ids.cause,
  at: moments.paid,
};

export const notificationSent = defineEvent({
  type: 'notification.sent',
  producer,
  when: 'A provider took a notification, or it was put into the in-app list of its reader; once per channel.',
  schema: notification,
  example: confirmation,
});

export const notificationDelivered = defineEvent({
  type: 'notification.delivered',
  producer,
  when: 'A provider reported that a notification reached its reader.',
  schema: notification,
  example: confirmation,
});

export const notificationRead = defineEvent({
  type: 'notification.read',
  producer,
  when: 'Its reader marked a notification as read; marking it again fires nothing.',
  schema: notification,
  example: { ...confirmation, channel: 'in_app', at: moments.shipped },
});

export const notificationFailed = defineEvent({
  type: 'notification.failed',
  producer,
  when: 'A notification was given up after its last attempt, or its provider refused it for good.',
  schema: notification.extend({ reason: reasonCode, attempts: count }),
  example: { ...confirmation, reason: 'mailbox_unknown', attempts: 5 },
});
