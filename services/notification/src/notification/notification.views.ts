import { id, instant } from '@souk/contracts';
import { z } from 'zod';
import { CHANNELS, PRIORITIES, STATUSES } from './notification.rules.ts';
import type { Notification } from './notification.store.ts';

export const notificationView = z.object({
  id,
  userId: id,
  companyId: id.optional(),
  orderId: id.optional(),
  type: z.string(),
  channel: z.enum(CHANNELS),
  priority: z.enum(PRIORITIES),
  subject: z.string(),
  content: z.string(),
  status: z.enum(STATUSES),
  reason: z.string().optional(),
  attempts: z.int(),
  sentAt: instant.optional(),
  readAt: instant.optional(),
  createdAt: instant,
});

export function viewNotification(notification: Notification): z.infer<typeof notificationView> {
  const { _id, userId, companyId, orderId, type, channel, priority, subject, content } = notification;
  const { status, reason, attempts, sentAt, readAt, createdAt } = notification;
  return {
    ...{ id: _id, userId, type, channel, priority, subject, content, status, attempts },
    ...(companyId !== undefined && { companyId }),
    ...(orderId !== undefined && { orderId }),
    ...(reason !== undefined && { reason }),
    ...(sentAt && { sentAt: sentAt.toISOString() }),
    ...(readAt && { readAt: readAt.toISOString() }),
    createdAt: createdAt.toISOString(),
  };
}
