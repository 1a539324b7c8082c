import { id } from '@souk/contracts';
import { endpoint, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { notAColleague } from './errors.ts';
import { staffShop, viewForStaff } from './shop.views.ts';
import { assignStaff, putInCharge, removeStaff } from './staff.actions.ts';

const params = z.object({ id });
const owners = roles({ super_admin: 'all', company_admin: 'company' });

export const staffRoutes = [
  endpoint({
    method: 'POST',
    path: '/shops/:id/staff',
    summary: 'Gives one of the company to a shop; their next token names it.',
    access: owners,
    status: 200,
    params,
    body: z.strictObject({ userId: id }),
    output: staffShop,
    errors: [preconditionFailed, notAColleague],
    run: async ({ params, body }, ctx) => {
      const shop = await assignStaff(ctx, params.id, body.userId);
      return versioned(viewForStaff(shop), shop.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/shops/:id/staff/:userId',
    summary: 'Takes somebody from a shop, as its manager too.',
    access: owners,
    params: z.object({ id, userId: id }),
    output: staffShop,
    errors: [preconditionFailed],
    run: async ({ params }, ctx) => {
      const shop = await removeStaff(ctx, params.id, params.userId);
      return versioned(viewForStaff(shop), shop.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/shops/:id/manager',
    summary: 'Sets which of the shop managers leads a shop; null for nobody.',
    access: owners,
    params,
    body: z.strictObject({ userId: id.nullable() }),
    output: staffShop,
    errors: [preconditionFailed, notAColleague],
    run: async ({ params, body }, ctx) => {
      const shop = await putInCharge(ctx, params.id, body.userId);
      return versioned(viewForStaff(shop), shop.version);
    },
  }),
];
