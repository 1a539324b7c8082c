import { productViewed } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { conflict, invalid, matchVersion, newId, notFound, ofCompany, system } from '@souk/service-kit';
import { requireCategories } from '../category/category.actions.ts';
import { findShops, getTradingCompany } from '../company/company.actions.ts';
import { otherShops, priceForbidden, skuTaken, slugTaken, wrongCurrency } from '../errors.ts';
import { refuseBeyondPlan } from '../plan/plan.actions.ts';
import { productSearch } from '../search/search.live.ts';
import { companyOf } from '../tenant.ts';
import { publishCreated, publishDeleted, publishUpdated } from './product.facts.ts';
import { getShownProduct } from './product.reads.ts';
import type { Product, ProductFields } from './product.rules.ts';
import { edited, slugOf, touchesPrices, withVariantIds } from './product.rules.ts';
import { products } from './product.store.ts';
import type { ProductInput, ProductPatch, ProductReplacement } from './product.views.ts';

/** Adds a product. Throws 409 when its slug or a sku is taken or the plan allows no more, 422 when a shop or category is not the company's. */
export async function addProduct(input: ProductInput, ctx: Context): Promise<Product> {
  const { companyId: named, currency, variants, slug, ...fields } = input;
  const companyId = await companyOf(ctx, named);
  const { settings } = await getTradingCompany(companyId, ctx);
  if (currency !== undefined && currency !== settings.currency) throw wrongCurrency(`The company trades in ${settings.currency}`);
  await requirePlaces({ companyId, shopIds: fields.shopIds, categoryIds: fields.categoryIds }, ctx);
  if (ctx.scope.kind === 'shops' && fields.shopIds.length === 0) throw unknownShop();
  const now = ctx.now();
  const _id = newId();
  const product = await ctx.transaction(async (unscoped) => {
    const tx = unscoped.as(ofCompany(companyId));
    await refuseBeyondPlan(tx, companyId);
    const added: Product = {
      _id,
      companyId,
      version: 1,
      ...fields,
      slug: slug ?? (await freeSlug(fields.name, _id, tx)),
      currency: settings.currency,
      variants: withVariantIds(variants, [], newId),
      createdAt: now,
      updatedAt: now,
    };
    await refuseTaken(added, tx);
    await tx.in(products).insertOne(added);
    publishCreated(added, tx);
    return added;
  });
  await productSearch.of(ctx).refresh([_id]);
  return product;
}

/** Replaces all of a product; slug and status stay where they are not named. */
export function replaceProduct(id: string, input: ProductReplacement, ctx: Context): Promise<Product> {
  return change(id, { ...input, description: input.description ?? null, brand: input.brand ?? null }, ctx);
}

/** Changes the named fields of a product; null empties one. */
export function patchProduct(id: string, patch: ProductPatch, ctx: Context): Promise<Product> {
  return change(id, patch, ctx);
}

async function change(id: string, fields: ProductFields, ctx: Context): Promise<Product> {
  const before = await ctx.in(products).findOne({ _id: id });
  if (!before) throw notFound();
  matchVersion(ctx, before.version);
  const { settings } = await getTradingCompany(before.companyId, ctx);
  // A change of nothing is no change: its version would only refuse others theirs.
  if (Object.values(fields).every((value) => value === undefined)) return before;
  const variants = fields.variants ? withVariantIds(fields.variants, before.variants, newId) : before.variants;
  const mayPrice = ctx.caller?.role !== 'shop_staff';
  if (!mayPrice && touchesPrices(before.variants, variants)) throw priceForbidden();
  // Whoever states the prices states them in the currency of now: else a catalogue of a former one could never be sold again.
  const currency = mayPrice && fields.variants ? settings.currency : before.currency;
  const after = edited(before, { ...fields, variants, currency }, ctx.now());
  await requirePlaces(
    { ...after, shopIds: without(after.shopIds, before.shopIds), leftShopIds: without(before.shopIds, after.shopIds) },
    ctx,
  );
  await ctx.transaction((tx) => write(before, after, tx.as(ofCompany(before.companyId))));
  await productSearch.of(ctx).refresh([id]);
  return after;
}

/** Writes past the scope, which could not change which shops sell a product: whose shops they are was looked at before. */
async function write(before: Product, after: Product, tx: Tx): Promise<void> {
  await refuseTaken(after, tx);
  const { _id, companyId, version: _version, createdAt: _made, ...fields } = after;
  const emptied = (['description', 'brand'] as const).filter((field) => after[field] === undefined);
  const updated = await tx
    .as(system('shops that sell a product change'))
    .in(products)
    .updateOne(
      { _id, companyId, version: before.version },
      {
        $set: fields,
        ...(emptied.length > 0 && { $unset: Object.fromEntries(emptied.map((field) => [field, ''])) }),
        $inc: { version: 1 },
      },
    );
  if (updated.matched === 0) throw conflict();
  publishUpdated(before, after, tx);
}

/** Takes a product out of the catalogue. A shop manager may not when other shops sell it too. */
export async function removeProduct(id: string, ctx: Context): Promise<void> {
  const product = await ctx.in(products).findOne({ _id: id });
  if (!product) throw notFound();
  matchVersion(ctx, product.version);
  await getTradingCompany(product.companyId, ctx);
  const { scope } = ctx;
  if (scope.kind === 'shops' && product.shopIds.some((shopId) => !scope.shopIds.includes(shopId))) throw otherShops();
  const now = ctx.now();
  await ctx.transaction(async (tx) => {
    if ((await tx.in(products).deleteOne({ _id: id, version: product.version })) === 0) throw conflict();
    publishDeleted(product, now, tx);
  });
  await productSearch.of(ctx).refresh([id]);
}

/** Tells whoever counts that a product was shown. Throws 404 when it is not to be seen. */
export async function reportView(
  id: string,
  seen: { durationMs?: number | undefined; shopId?: string | undefined },
  ctx: Context,
): Promise<void> {
  const { companyId } = await getShownProduct({ _id: id }, ctx);
  const customerId = ctx.caller?.role === 'customer' ? ctx.caller.userId : undefined;
  const data = {
    productId: id,
    companyId,
    shopId: seen.shopId,
    customerId,
    durationMs: seen.durationMs,
    at: ctx.now().toISOString(),
  };
  ctx.signal(productViewed, { subject: id, companyId, data });
}

const without = (values: readonly string[], others: readonly string[]): string[] =>
  values.filter((value) => !others.includes(value));

interface Places {
  companyId: string;
  /** Shops that are to sell it from now on. */
  shopIds: readonly string[];
  /** Shops that no longer do. */
  leftShopIds?: readonly string[];
  categoryIds: readonly string[];
}

/** Throws 422 when a shop is another company's or, for who works in shops, not theirs; or when a category is not the company's. */
async function requirePlaces({ companyId, shopIds, leftShopIds = [], categoryIds }: Places, ctx: Context): Promise<void> {
  const { scope } = ctx;
  if (scope.kind === 'shops' && without([...shopIds, ...leftShopIds], scope.shopIds).length > 0) throw unknownShop();
  const known = await findShops(shopIds, ctx);
  // A shop that was made a moment ago may not be known here yet: a quote looks again.
  if ([...known.values()].some((shop) => shop.companyId !== companyId)) throw unknownShop();
  await requireCategories(categoryIds, companyId, ctx);
}

const unknownShop = () =>
  invalid('There is no such shop', {
    errors: [{ path: 'body.shopIds', code: 'unknown_shop', message: 'not a shop you may sell in' }],
  });

async function refuseTaken({ _id, slug, variants }: Product, tx: Tx): Promise<void> {
  const others = tx.in(products);
  if (await others.findOne({ slug, _id: { $ne: _id } }, { fields: ['_id'] })) throw slugTaken();
  const skus = variants.map(({ sku }) => sku);
  const other = await others.findOne({ 'variants.sku': { $in: skus }, _id: { $ne: _id } }, { fields: ['variants'] });
  const taken = other?.variants.find(({ sku }) => skus.includes(sku));
  if (taken) throw skuTaken(`Another product has the sku ${taken.sku}`, { sku: taken.sku });
}

/** The name's own slug, or one that the end of the id makes unique. */
async function freeSlug(name: string, id: string, tx: Tx): Promise<string> {
  const slug = slugOf(name);
  if (!slug) return id;
  const isTaken = (await tx.in(products).findOne({ slug }, { fields: ['_id'] })) !== null;
  return isTaken ? `${slug}-${id.slice(-6)}` : slug;
}
