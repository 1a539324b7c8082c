import { currency, id, timezone } from '@souk/contracts';
import {
  created,
  endpoint,
  noContent,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  rolesAndGuests,
  STAFF,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { planLimitReached, unknownCompany, warehouseOverbooked } from './errors.ts';
import { createShop, deleteShop, getShop, setWarehouses, updateShop } from './shop.actions.ts';
import { shops, standing } from './shop.store.ts';
import {
  contactInfo,
  holidays,
  location,
  operatingHours,
  setAside,
  shopView,
  staffShop,
  viewFor,
  viewForStaff,
} from './shop.views.ts';

const params = z.object({ id });
const readers = rolesAndGuests({ ...STAFF, customer: 'public' });
const owners = roles({ super_admin: 'all', company_admin: 'company' });

const profile = z.strictObject({
  name: z.string().trim().min(1).max(120),
  location: location.default({}),
  contactInfo: contactInfo.default({}),
  operatingHours: operatingHours.default([]),
  holidays: holidays.default([]),
  currency: currency.nullable().default(null),
  timezone: timezone.nullable().default(null),
  isActive: z.boolean().default(true),
});

const warehouseIds = z
  .array(id)
  .max(50)
  .refine((ids) => new Set(ids).size === ids.length, 'a warehouse stands there twice');

const newest = { _id: -1 } as const;
const byName = { name: 1, _id: 1 } as const;

export const shopRoutes = [
  endpoint({
    method: 'GET',
    path: '/shops',
    summary: 'Lists shops, the newest first or by name; customers and guests see the open ones.',
    access: readers,
    query: z.strictObject({
      ...pageQuery,
      companyId: id.optional(),
      isActive: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
      sort: z.enum(['newest', 'name']).default('newest'),
    }),
    output: pageOf(shopView),
    run: async ({ query }, ctx) => {
      const { companyId, isActive, sort } = query;
      const filter = { ...standing, ...(companyId !== undefined && { companyId }), ...(isActive !== undefined && { isActive }) };
      const page = await ctx.in(shops).page(filter, sort === 'name' ? byName : newest, query);
      return { ...page, data: page.data.map(viewFor(ctx.scope)) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/shops',
    summary: "Adds a shop to the administrator's company, or to the one the platform names.",
    access: owners,
    body: profile.extend({ companyId: id.optional() }),
    output: staffShop,
    errors: [unknownCompany, planLimitReached],
    run: async ({ body: { companyId, ...shop } }, ctx) => {
      const made = await createShop(ctx, companyId, shop);
      return created(viewForStaff(made), `/shops/${made._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/shops/:id',
    summary: 'Shows a shop; customers and guests see its public part.',
    access: readers,
    params,
    output: shopView,
    run: async ({ params }, ctx) => {
      const shop = await getShop(ctx, params.id);
      return versioned(viewFor(ctx.scope)(shop), shop.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/shops/:id',
    summary: 'Replaces the profile of a shop; its people and warehouses stay.',
    access: owners,
    params,
    body: profile,
    output: staffShop,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => {
      const shop = await updateShop(ctx, params.id, body);
      return versioned(viewForStaff(shop), shop.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/shops/:id',
    summary: 'Deletes a shop: it takes no more orders and its staff lose it.',
    access: owners,
    params,
    status: 204,
    errors: [preconditionFailed],
    run: async ({ params }, ctx) => {
      await deleteShop(ctx, params.id);
      return noContent();
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/shops/:id/warehouses',
    summary: 'Sets which warehouses serve a shop, in which sequence, and which part of each is kept for it.',
    access: owners,
    params,
    body: z
      .strictObject({ warehouseIds, setAside: setAside.default([]) })
      .refine(({ warehouseIds: ids, setAside: parts }) => parts.every(({ warehouseId }) => ids.includes(warehouseId)), {
        message: 'of a warehouse that does not serve the shop',
        path: ['setAside'],
      }),
    output: staffShop,
    errors: [preconditionFailed, warehouseOverbooked],
    run: async ({ params, body }, ctx) => {
      const shop = await setWarehouses(ctx, params.id, body);
      return versioned(viewForStaff(shop), shop.version);
    },
  }),
];
