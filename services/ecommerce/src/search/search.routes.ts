import { id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { endpoint, invalid, pageQuery, rolesAndGuests, STAFF } from '@souk/service-kit';
import { z } from 'zod';
import type { ProductQuery } from '../product/product.reads.ts';
import { findProducts, suggestProducts } from '../product/product.reads.ts';
import { productView, viewProduct } from '../product/product.views.ts';
import type { SearchPlace } from './search.index.ts';
import { SORTS } from './search.index.ts';

const price = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const filters = {
  ...pageQuery,
  q: z.string().max(200).optional(),
  companyId: id.optional(),
  shopId: id.optional(),
  brand: z.string().min(1).max(100).optional(),
  minPrice: price.optional(),
  maxPrice: price.optional(),
  inStock: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  /** Another one than `active` is for staff, and finds what is theirs. */
  status: z.enum(['draft', 'active', 'archived']).optional(),
  sort: z.enum(SORTS).default('relevance'),
};
const listQuery = z.strictObject({ ...filters, category: id.optional() });
const counts = z.array(z.object({ value: z.string(), count: z.int() }));

const foundProducts = z.object({
  data: z.array(productView),
  nextCursor: z.string().nullable(),
  total: z.int(),
  facets: z.object({
    categories: counts,
    brands: counts,
    tags: counts,
    inStock: z.int(),
    outOfStock: z.int(),
    price: z.object({ min: z.int(), max: z.int() }).optional(),
  }),
});

const place = z.tuple([z.number(), id]);

const cursorOf = ({ value, id: last }: SearchPlace): string => Buffer.from(JSON.stringify([value, last])).toString('base64url');

function placeOf(cursor: string | undefined): SearchPlace | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const parsed = /^\[-?[\d.e+-]+,"[0-9a-f-]{36}"\]$/.test(text) ? place.safeParse(JSON.parse(text)) : undefined;
  if (parsed?.success) return { value: parsed.data[0], id: parsed.data[1] };
  throw invalid('The cursor is not one this list gave', {
    errors: [{ path: 'query.cursor', code: 'invalid_cursor', message: 'unknown cursor' }],
  });
}

async function list({ cursor, ...query }: Omit<ProductQuery, 'after'> & { cursor?: string | undefined }, ctx: Context) {
  const { products, next, total, facets } = await findProducts({ ...query, after: placeOf(cursor) }, ctx);
  return { data: products.map(viewProduct), nextCursor: next && cursorOf(next), total, facets };
}

const access = rolesAndGuests({ ...STAFF, customer: 'public' });
const listed = { method: 'GET', access, output: foundProducts } as const;

export const searchEndpoints = [
  endpoint({
    ...listed,
    path: '/products',
    summary: 'Finds products by text and filters, with counts of what was found.',
    query: listQuery,
    run: ({ query }, ctx) => list(query, ctx),
  }),
  endpoint({
    ...listed,
    path: '/products/search',
    summary: 'The same as the list of products.',
    query: listQuery,
    run: ({ query }, ctx) => list(query, ctx),
  }),
  endpoint({
    ...listed,
    path: '/products/category/:id',
    summary: 'Products of a category and of all below it.',
    params: z.object({ id }),
    query: z.strictObject(filters),
    run: ({ params, query }, ctx) => list({ ...query, category: params.id }, ctx),
  }),
  endpoint({
    method: 'GET',
    path: '/products/suggest',
    summary: 'Products that what has been typed so far may mean.',
    access,
    query: z.strictObject({
      q: z.string().min(1).max(100),
      companyId: id.optional(),
      limit: z.coerce.number().int().min(1).max(20).default(10),
    }),
    output: z.object({ suggestions: z.array(z.object({ productId: id, name: z.string(), slug: z.string() })) }),
    run: async ({ query: { q, companyId, limit } }, ctx) => ({
      suggestions: await suggestProducts({ text: q, companyId, limit }, ctx),
    }),
  }),
];
