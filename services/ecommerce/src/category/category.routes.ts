import { id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import {
  anybody,
  created,
  endpoint,
  noContent,
  notFound,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { findDeletedCompanies } from '../company/company.actions.ts';
import { categoryCycle, categoryInUse, slugTaken } from '../errors.ts';
import { addCategory, changeCategory, removeCategory } from './category.actions.ts';
import { categories } from './category.store.ts';
import { categoryInput, categoryReplacement, categoryView, viewCategory } from './category.views.ts';

const params = z.object({ id });
/** The tree is the company's, not a shop's: whoever may change it may change all of it. */
const keepers = { super_admin: 'all', company_admin: 'company', shop_manager: 'company' } as const;

/** What a deleted company had is gone to everyone. */
const shown = async (filter: object, ctx: Context) => ({
  $and: [filter, { companyId: { $nin: await findDeletedCompanies(ctx) } }],
});

export const categoryEndpoints = [
  endpoint({
    method: 'GET',
    path: '/categories',
    summary: 'Lists categories, of a company or below a parent; each says where it hangs.',
    access: anybody,
    query: z.strictObject({ ...pageQuery, companyId: id.optional(), parentId: id.optional() }),
    output: pageOf(categoryView),
    run: async ({ query: { companyId, parentId, ...page } }, ctx) => {
      const filter = { ...(companyId && { companyId }), ...(parentId && { parentId }) };
      const { data, nextCursor } = await ctx.in(categories).page(await shown(filter, ctx), { _id: 1 }, page);
      return { data: data.map(viewCategory), nextCursor };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/categories/:id',
    summary: 'One category.',
    access: anybody,
    params,
    output: categoryView,
    run: async ({ params: { id: _id } }, ctx) => {
      const category = await ctx.in(categories).findOne(await shown({ _id }, ctx));
      if (!category) throw notFound();
      return versioned(viewCategory(category), category.version);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/categories',
    summary: "Adds a category to the company's tree.",
    access: roles(keepers),
    body: categoryInput,
    output: categoryView,
    errors: [slugTaken],
    run: async ({ body }, ctx) => {
      const category = await addCategory(body, ctx);
      return created(viewCategory(category), `/categories/${category._id}`);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/categories/:id',
    summary: 'Renames or moves a category, with everything below it.',
    access: roles({ ...keepers, shop_staff: 'company' }),
    params,
    body: categoryReplacement,
    output: categoryView,
    errors: [preconditionFailed, slugTaken, categoryCycle],
    run: async ({ params: { id: _id }, body }, ctx) => {
      const category = await changeCategory(_id, body, ctx);
      return versioned(viewCategory(category), category.version);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/categories/:id',
    summary: 'Removes an empty category.',
    access: roles(keepers),
    params,
    status: 204,
    errors: [preconditionFailed, categoryInUse],
    run: async ({ params: { id: _id } }, ctx) => {
      await removeCategory(_id, ctx);
      return noContent();
    },
  }),
];
