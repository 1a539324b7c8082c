import { getCompanyState, id } from '@souk/contracts';
import {
  created,
  endpoint,
  implement,
  noContent,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  services,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { platformDecides, slugTaken } from '../errors.ts';
import { onStartingPlan } from '../subscription/starting-plan.actions.ts';
import { createCompany, deleteCompany, getCompany, updateCompany } from './company.actions.ts';
import { companies, standing } from './company.store.ts';
import { companyView, contactInfo, postalAddress, slug, viewCompany } from './company.views.ts';

const params = z.object({ id });
const platform = roles({ super_admin: 'all' });
const ofCompany = roles({ super_admin: 'all', company_admin: 'company' });

const profile = z.strictObject({
  name: z.string().trim().min(1).max(120),
  slug: slug.optional(),
  description: z.string().max(5_000).default(''),
  contactInfo: contactInfo.default({}),
  address: postalAddress.default({}),
  ownerId: id.nullable().optional(),
  isActive: z.boolean().optional(),
});

const newest = { _id: -1 } as const;
const byName = { name: 1, _id: 1 } as const;

export const companyRoutes = [
  endpoint({
    method: 'GET',
    path: '/companies',
    summary: 'Lists companies, the newest first or by name.',
    access: platform,
    query: z.strictObject({
      ...pageQuery,
      isActive: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
      sort: z.enum(['newest', 'name']).default('newest'),
    }),
    output: pageOf(companyView),
    run: async ({ query }, ctx) => {
      const filter = { ...standing, ...(query.isActive !== undefined && { isActive: query.isActive }) };
      const page = await ctx.in(companies).page(filter, query.sort === 'name' ? byName : newest, query);
      return { ...page, data: page.data.map(viewCompany) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/companies',
    summary: 'Adds a company, with default settings and on the plan that all begin on, if there is one.',
    access: platform,
    body: profile,
    output: companyView,
    errors: [slugTaken],
    run: async ({ body }, ctx) => {
      const company = await createCompany(ctx, body, onStartingPlan(ctx));
      return created(viewCompany(company), `/companies/${company._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/companies/:id',
    summary: 'Shows a company.',
    access: ofCompany,
    params,
    output: companyView,
    run: async ({ params }, ctx) => {
      const company = await getCompany(ctx, params.id);
      return versioned(viewCompany(company), company.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/companies/:id',
    summary: 'Replaces the profile of a company.',
    access: ofCompany,
    params,
    body: profile,
    output: companyView,
    errors: [preconditionFailed, slugTaken, platformDecides],
    run: async ({ params, body }, ctx) => {
      const company = await updateCompany(ctx, params.id, body);
      return versioned(viewCompany(company), company.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/companies/:id',
    summary: 'Deletes a company: everything of the tenant stops working, and is purged after 30 days.',
    access: platform,
    params,
    status: 204,
    errors: [preconditionFailed],
    run: async ({ params }, ctx) => {
      await deleteCompany(ctx, params.id);
      return noContent();
    },
  }),
  implement(getCompanyState, services('shop', 'auth', 'ecommerce'), async ({ params }, ctx) => {
    const company = await ctx.in(companies).findOne({ _id: params.id }, { fields: ['isActive', 'deletedAt'] });
    const state = !company ? 'unknown' : company.deletedAt ? 'deleted' : company.isActive ? 'active' : 'inactive';
    return { companyId: params.id, state } as const;
  }),
];
