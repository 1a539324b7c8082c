import { id, instant } from '@souk/contracts';
import { endpoint, rolesAndGuests, STAFF } from '@souk/service-kit';
import { z } from 'zod';
import { getShop } from '../shop.actions.ts';
import { describeOpening } from './hours.actions.ts';

/** Calendars and time zones are not sound for all of the years that a moment can be written in. */
const moment = instant.refine((text) => text >= '1970' && text < '2200', 'not between the years 1970 and 2199');
const local = z.iso.datetime({ offset: true });
const change = z.object({ at: instant, local }).nullable();

export const hoursRoutes = [
  endpoint({
    method: 'GET',
    path: '/shops/:id/open',
    summary: 'Says whether a shop is open, now or at a moment, since when and until when; null where it says no hours.',
    access: rolesAndGuests({ ...STAFF, customer: 'public' }),
    params: z.object({ id }),
    query: z.strictObject({ at: moment.optional() }),
    output: z.object({
      shopId: id,
      timezone: z.string(),
      at: instant,
      local,
      isOpen: z.boolean().nullable(),
      since: change,
      until: change,
    }),
    run: async ({ params, query }, ctx) => {
      const at = query.at === undefined ? ctx.now() : new Date(query.at);
      return describeOpening(ctx, await getShop(ctx, params.id), at);
    },
  }),
];
