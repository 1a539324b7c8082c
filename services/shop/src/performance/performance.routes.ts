import { currency, id, minorUnits } from '@souk/contracts';
import { endpoint, roles, STAFF } from '@souk/service-kit';
import { z } from 'zod';
import { currencyUnknown, rangeInvalid } from '../errors.ts';
import { getShop } from '../shop.actions.ts';
import { reportPerformance } from './performance.actions.ts';

/** Calendars and time zones are not sound for all of the years that a date can be written in. */
const date = z.iso.date().refine((text) => text >= '1970' && text < '2200', 'not between the years 1970 and 2199');
const count = z.int().nonnegative();
const amount = minorUnits.nonnegative();

const figures = z.object({
  orders: count,
  cancelled: count,
  value: amount,
  averageValue: amount.nullable(),
  captured: amount,
  refunded: amount,
  revenue: minorUnits,
});

export const performanceRoutes = [
  endpoint({
    method: 'GET',
    path: '/shops/:id/performance',
    summary: "Shows a shop's orders, revenue and best sellers by day of its time zone; `from` and `to` are dates, both included.",
    access: roles(STAFF),
    params: z.object({ id }),
    query: z.strictObject({ from: date.optional(), to: date.optional(), currency: currency.optional() }),
    output: z.object({
      shopId: id,
      from: z.iso.date(),
      to: z.iso.date(),
      timezone: z.string(),
      currency,
      total: figures,
      days: z.array(figures.extend({ day: z.iso.date() })),
      topProducts: z.array(z.object({ productId: id, units: count, revenue: minorUnits })),
    }),
    errors: [rangeInvalid, currencyUnknown],
    run: async ({ params, query }, ctx) => reportPerformance(ctx, await getShop(ctx, params.id), query),
  }),
];
