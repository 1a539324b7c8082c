import { SERVICES } from '@souk/contracts';
import { endpoint, pageOf, pageQuery, roles } from '@souk/service-kit';
import { z } from 'zod';
import { consumerUnknown, letterClosed, noEnvelope, stillRefused } from '../errors.ts';
import { discardLetter, redriveLetter } from './letter.actions.ts';
import { deadLetters, LETTER_STATUSES } from './letter.store.ts';
import { letterView, viewLetter } from './letter.views.ts';

const platform = roles({ super_admin: 'all' });
const params = z.object({ id: z.string().min(1).max(200) });
const newest = { lastAt: -1, _id: -1 } as const;

export const letterRoutes = [
  endpoint({
    method: 'GET',
    path: '/audit/dead-letters',
    summary: 'Lists events that a consumer could not work off, the newest first.',
    access: platform,
    query: z.strictObject({
      ...pageQuery,
      status: z.enum(LETTER_STATUSES).optional(),
      consumer: z.enum(SERVICES).optional(),
    }),
    output: pageOf(letterView),
    run: async ({ query: { status, consumer, ...query } }, ctx) => {
      const page = await ctx.in(deadLetters).page({ ...(status && { status }), ...(consumer && { consumer }) }, newest, query);
      return { ...page, data: page.data.map(viewLetter) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/audit/dead-letters/:id/redrive',
    summary: 'Has the consumer that set an event aside work it off again; no other consumer gets it twice.',
    access: platform,
    status: 200,
    params,
    output: letterView,
    errors: [consumerUnknown, letterClosed, noEnvelope, stillRefused],
    run: async ({ params: { id } }, ctx) => viewLetter(await redriveLetter(ctx, id)),
  }),
  endpoint({
    method: 'POST',
    path: '/audit/dead-letters/:id/discard',
    summary: 'Gives an event up that a consumer could not work off.',
    access: platform,
    status: 200,
    params,
    output: letterView,
    errors: [letterClosed],
    run: async ({ params: { id } }, ctx) => viewLetter(await discardLetter(ctx, id)),
  }),
];
