import { currency, id, minorUnits } from '@souk/contracts';
import { endpoint, roles } from '@souk/service-kit';
import { z } from 'zod';
import { getCompany } from '../company/company.actions.ts';
import { companyStats } from './stats.actions.ts';

const count = z.int().nonnegative();

export const statsRoutes = [
  endpoint({
    method: 'GET',
    path: '/companies/:id/stats',
    summary: 'Sums what a company has earned, by currency, and counts paid orders, shops, staff and customers.',
    access: roles({ super_admin: 'all', company_admin: 'company' }),
    params: z.object({ id }),
    output: z.object({
      companyId: id,
      revenue: z.array(z.object({ currency, captured: minorUnits, refunded: minorUnits, net: minorUnits })),
      orders: count,
      shops: count,
      staff: count,
      customers: count,
    }),
    run: async ({ params }, ctx) => {
      await getCompany(ctx, params.id);
      return companyStats(ctx, params.id);
    },
  }),
];
