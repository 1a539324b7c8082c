import { id, permission } from '@souk/contracts';
import { endpoint, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { getCompany } from '../company/company.actions.ts';
import type { Company } from '../company/company.store.ts';
import { setPermissions, withheldBy } from './permission.actions.ts';

const keepers = roles({ super_admin: 'all', company_admin: 'company' });
const params = z.object({ id });
const withheld = z.array(z.string());
const view = z.object({ shop_manager: withheld, shop_staff: withheld });
const given = z
  .array(permission)
  .max(permission.options.length)
  .transform((all) => [...new Set(all)].sort());

const show = (company: Company) => versioned(withheldBy(company), company.version);

export const permissionRoutes = [
  endpoint({
    method: 'GET',
    path: '/companies/:id/permissions',
    summary: 'What a company keeps from the people of its shops, by role.',
    access: keepers,
    params,
    output: view,
    run: async ({ params }, ctx) => show(await getCompany(ctx, params.id)),
  }),
  endpoint({
    method: 'PUT',
    path: '/companies/:id/permissions',
    summary: 'Sets what a company keeps from the people of its shops: it narrows what their roles may do, and widens nothing.',
    access: keepers,
    params,
    body: z.strictObject({ shop_manager: given, shop_staff: given }),
    output: view,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => show(await setPermissions(ctx, params.id, body)),
  }),
];
