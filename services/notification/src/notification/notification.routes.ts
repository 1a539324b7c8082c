import { id } from '@souk/contracts';
import { endpoint, everyone, pageOf, pageQuery, roles } from '@souk/service-kit';
import { z } from 'zod';
import { notSentYet } from '../errors.ts';
import { getNotification, markRead } from './notification.actions.ts';
import { CHANNELS, STATUSES } from './notification.rules.ts';
import { notifications } from './notification.store.ts';
import { notificationView, viewNotification } from './notification.views.ts';

const params = z.object({ id });
const readers = roles({ super_admin: 'all', company_admin: 'company', shop_manager: 'own', shop_staff: 'own', customer: 'own' });

const newest = { _id: -1 } as const;

export const notificationRoutes = [
  endpoint({
    method: 'GET',
    path: '/notifications',
    summary: 'Lists notifications, the newest first: your own, and for administrators those of the company.',
    access: readers,
    query: z.strictObject({ ...pageQuery, channel: z.enum(CHANNELS).optional(), status: z.enum(STATUSES).optional() }),
    output: pageOf(notificationView),
    run: async ({ query }, ctx) => {
      const { channel, status } = query;
      const isFiltered = channel !== undefined || status !== undefined;
      // Both fields are named whenever one is, so that one index serves every combination.
      const filter = isFiltered && { channel: channel ?? { $in: [...CHANNELS] }, status: status ?? { $in: [...STATUSES] } };
      const page = await ctx.in(notifications).page({ ...filter }, newest, query);
      return { ...page, data: page.data.map(viewNotification) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/notifications/:id',
    summary: 'Shows a notification.',
    access: readers,
    params,
    output: notificationView,
    run: async ({ params }, ctx) => viewNotification(await getNotification(ctx, params.id)),
  }),
  endpoint({
    method: 'POST',
    path: '/notifications/:id/read',
    summary: 'Marks a notification of your own as read.',
    access: everyone,
    params,
    status: 200,
    output: notificationView,
    errors: [notSentYet],
    run: async ({ params }, ctx) => viewNotification(await markRead(ctx, params.id)),
  }),
];
