import { productCreated, productDeleted, productPriceChanged, productUpdated } from '@souk/contracts';
import type { Tx } from '@souk/service-kit';
import { changesBetween } from '@souk/service-kit';
import type { Product } from './product.rules.ts';
import { priceChanges } from './product.rules.ts';

const aboutOf = ({ _id, companyId, version }: Product) => ({ subject: _id, companyId, version });

const factsOf = ({ _id, companyId, name, status, shopIds, categoryIds, variants, currency, updatedAt }: Product) => ({
  productId: _id,
  companyId,
  name,
  status,
  shopIds,
  categoryIds,
  variants: variants.map(({ variantId, sku, price, tracked, backorderable }) => ({
    variantId,
    sku,
    price,
    currency,
    tracked,
    backorderable,
  })),
  at: updatedAt.toISOString(),
});

export function publishCreated(product: Product, tx: Tx): void {
  tx.publish(productCreated, { ...aboutOf(product), data: factsOf(product), changes: changesBetween(null, product) });
}

/** Says what a product is now, and which of its prices changed. */
export function publishUpdated(before: Product, after: Product, tx: Tx): void {
  tx.publish(productUpdated, { ...aboutOf(after), data: factsOf(after), changes: changesBetween(before, after) });
  const { _id, companyId, currency } = after;
  const at = after.updatedAt.toISOString();
  for (const change of priceChanges(before, after))
    tx.publish(productPriceChanged, { ...aboutOf(after), data: { productId: _id, companyId, currency, ...change, at } });
}

export function publishDeleted(product: Product, at: Date, tx: Tx): void {
  const { _id, companyId, shopIds, variants, version } = product;
  const skus = variants.map(({ sku }) => sku);
  const about = { subject: _id, companyId, version: version + 1 };
  tx.publish(productDeleted, { ...about, data: { productId: _id, companyId, shopIds, skus, at: at.toISOString() } });
}
