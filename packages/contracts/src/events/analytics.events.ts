import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments } from './examples.ts';
import { amount, at, count } from './shapes.ts';

export const analyticsDashboardUpdated = defineEvent({
  type: 'analytics.dashboard_updated',
  producer: 'analytics',
  kind: 'signal',
  when: "Figures of a company's dashboard for one of its days changed; at most once a second per company and currency.",
  schema: z.object({
    companyId: id,
    day: z.iso.date(),
    currency,
    grossRevenue: amount,
    refunds: amount,
    orders: count,
    averageOrder: amount,
    at,
  }),
  example: {
    companyId: ids.company,
    day: '2026-11-02',
    currency: 'USD',
    grossRevenue: 257_700,
    refunds: 0,
    orders: 10,
    averageOrder: 25_770,
    at: moments.paid,
  },
});
