import { currency, id, timezone } from '@souk/contracts';
import { endpoint, roles, STAFF } from '@souk/service-kit';
import { z } from 'zod';
import { currencyUnknown, rangeInvalid, rangeTooLong } from '../errors.ts';
import { INTERVALS } from './period.rules.ts';
import { dashboard, productReport, salesReport } from './report.actions.ts';
import { dashboardView, described, productView, salesView } from './report.views.ts';

const staff = roles(STAFF);
/** Calendars and time zones are not sound for all of the years that a date can be written in. */
const moment = z
  .union([z.iso.datetime(), z.iso.date()])
  .refine((text) => text >= '1970' && text < '2200', 'not between the years 1970 and 2199');
const question = {
  from: moment.optional(),
  to: moment.optional(),
  timezone: timezone.optional(),
  currency: currency.optional(),
  companyId: id.optional(),
  shopId: id.optional(),
};
const compare = z.enum(['previous']).optional();

export const reportRoutes = [
  endpoint({
    method: 'GET',
    path: '/analytics/dashboard',
    summary: 'Shows revenue, orders, shops and best sellers of a span; `from` and `to` are dates (the last included) or moments.',
    access: staff,
    query: z.strictObject({ ...question, compare }),
    output: dashboardView,
    errors: [currencyUnknown, rangeInvalid],
    run: ({ query }, ctx) => dashboard(ctx, query),
  }),
  endpoint({
    method: 'GET',
    path: '/analytics/sales',
    summary: "Shows sales by hour, day, week or month of a time zone, the company's when none is named.",
    access: staff,
    query: z.strictObject({ ...question, compare, interval: z.enum(INTERVALS).default('day') }),
    output: salesView,
    errors: [currencyUnknown, rangeInvalid, rangeTooLong],
    run: ({ query }, ctx) => salesReport(ctx, query),
  }),
  endpoint({
    method: 'GET',
    path: '/analytics/products',
    summary: 'Shows what sold best in a span, by pieces or by money; orders that were cancelled sold nothing.',
    access: staff,
    query: z.strictObject({
      ...question,
      sort: z.enum(['units', 'revenue']).default('units'),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    output: z.object({ ...described, data: z.array(productView) }),
    errors: [currencyUnknown, rangeInvalid],
    run: ({ query }, ctx) => productReport(ctx, query),
  }),
];
