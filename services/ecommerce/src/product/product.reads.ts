import type { Context } from '@souk/service-kit';
import { forbidden, notFound } from '@souk/service-kit';
import { branchOf } from '../category/category.actions.ts';
import { findDeletedCompanies } from '../company/company.actions.ts';
import type { Facets, SearchPlace, SearchReach, SearchSort } from '../search/search.index.ts';
import { productSearch } from '../search/search.live.ts';
import type { Product, ProductStatus } from './product.rules.ts';
import { products } from './product.store.ts';

/** What a list of products may be narrowed and sorted by. Prices are minor units. */
export interface ProductQuery {
  q?: string | undefined;
  companyId?: string | undefined;
  shopId?: string | undefined;
  category?: string | undefined;
  brand?: string | undefined;
  minPrice?: number | undefined;
  maxPrice?: number | undefined;
  inStock?: boolean | undefined;
  status?: ProductStatus | undefined;
  sort: SearchSort;
  after?: SearchPlace | undefined;
  limit: number;
}

export interface FoundProducts {
  products: Product[];
  next: SearchPlace | null;
  total: number;
  facets: Facets;
}

/** Finds products by the index and reads them from the database, so that nobody is shown an old price. */
export async function findProducts(query: ProductQuery, ctx: Context): Promise<FoundProducts> {
  const { q, category, status, companyId, ...narrowed } = query;
  const categoryIds = category === undefined ? undefined : await branchOf(category, ctx);
  const goneCompanyIds = await findDeletedCompanies(ctx);
  const found = await productSearch
    .of(ctx)
    .search({ ...narrowed, text: q, reach: { ...reachOf({ status, companyId }, ctx), goneCompanyIds }, categoryIds });
  const read = await readable(status, ctx)
    .in(products)
    .find({ _id: { $in: found.ids } });
  const byId = new Map(read.map((product) => [product._id, product]));
  return { products: found.ids.flatMap((id) => byId.get(id) ?? []), next: found.next, total: found.total, facets: found.facets };
}

/** Products whose name, tags or skus begin or nearly begin like the text; active ones only. */
export async function suggestProducts(query: { text: string; companyId?: string | undefined; limit: number }, ctx: Context) {
  const { text, companyId, limit } = query;
  const goneCompanyIds = await findDeletedCompanies(ctx);
  return productSearch.of(ctx).suggest({ text, limit, reach: { statuses: ['active'], companyId, goneCompanyIds } });
}

/** The one product that a filter names: the caller's own in any status, or anybody's that is active. Throws 404. */
export async function getShownProduct(
  filter: { _id: string } | { slug: string; companyId?: string },
  ctx: Context,
): Promise<Product> {
  // Before one is chosen: two companies may have the same slug, and the elder be gone.
  const shown = { $and: [filter, { companyId: { $nin: await findDeletedCompanies(ctx) } }] };
  const own = ctx.scope.kind === 'public' ? null : await ctx.in(products).findOne(shown);
  const product =
    own ??
    (await ctx
      .as({ kind: 'public' })
      .in(products)
      .findOne(shown, { sort: { _id: 1 } }));
  if (!product) throw notFound();
  return product;
}

/** Anybody finds what is active; whoever asks for another status finds it among what is theirs. */
function reachOf(
  { status = 'active', companyId }: { status?: ProductStatus | undefined; companyId?: string | undefined },
  ctx: Context,
): SearchReach {
  const { scope } = ctx;
  if (status === 'active') return { statuses: ['active'], companyId };
  if (scope.kind === 'public' || scope.kind === 'own') throw forbidden('Only staff see products that are not active');
  if (scope.kind === 'system') return { statuses: [status], companyId };
  return { statuses: [status], companyId: scope.companyId, ...(scope.kind === 'shops' && { shopIds: scope.shopIds }) };
}

const readable = (status: ProductStatus | undefined, ctx: Context): Context =>
  status === undefined || status === 'active' ? ctx.as({ kind: 'public' }) : ctx;
