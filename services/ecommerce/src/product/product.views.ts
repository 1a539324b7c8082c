import { currency, id, instant, sku } from '@souk/contracts';
import { z } from 'zod';
import type { Product } from './product.rules.ts';
import { firstRepeated } from './product.rules.ts';

/** Prices up to here, times the largest quantity and the highest tax, still count exactly. */
const price = z.int().min(0).max(10_000_000_000);
export const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
const label = z.string().trim().min(1).max(64);
const facts = z.record(label, z.string().trim().min(1).max(200)).refine((found) => Object.keys(found).length <= 50, 'at most 50');
const status = z.enum(['draft', 'active', 'archived']);
const distinct = (values: readonly string[]): boolean => firstRepeated(values) === undefined;

const variantFields = {
  sku,
  options: facts.default({}),
  price,
  compareAtPrice: price.optional(),
  barcode: z.string().trim().min(1).max(64).optional(),
  weightGrams: z.int().min(0).max(10_000_000).default(0),
  tracked: z.boolean().default(true),
  backorderable: z.boolean().default(false),
};
const variantInput = z.strictObject({ variantId: id.optional(), ...variantFields });

const fields = {
  name: z.string().trim().min(1).max(200),
  slug,
  description: z.string().trim().max(10_000),
  status,
  shopIds: z.array(id).max(200).refine(distinct, 'named twice'),
  categoryIds: z.array(id).max(50).refine(distinct, 'named twice'),
  tags: z.array(label).max(50).refine(distinct, 'named twice'),
  brand: z.string().trim().min(1).max(100),
  taxClass: z.string().trim().min(1).max(32),
  attributes: facts,
  variants: z
    .array(variantInput)
    .min(1)
    .max(100)
    .refine((variants) => distinct(variants.map((variant) => variant.sku)), 'a sku stands twice'),
};

const wholeProduct = {
  ...fields,
  slug: slug.optional(),
  description: fields.description.optional(),
  shopIds: fields.shopIds.default([]),
  categoryIds: fields.categoryIds.default([]),
  tags: fields.tags.default([]),
  brand: fields.brand.optional(),
  taxClass: fields.taxClass.default('standard'),
  attributes: facts.default({}),
};

/** A new product. `companyId` is for super admins, who have no company; the currency, when named, must be the company's. */
export const productInput = z.strictObject({
  ...wholeProduct,
  status: status.default('draft'),
  companyId: id.optional(),
  currency: currency.optional(),
});
export type ProductInput = z.infer<typeof productInput>;

/** All of a product: what is left out is emptied, but for slug and status, which stay. */
export const productReplacement = z.strictObject({ ...wholeProduct, status: status.optional() });
export type ProductReplacement = z.infer<typeof productReplacement>;

/** Some of a product: what is left out stays, null empties. */
export const productPatch = z
  .strictObject({ ...fields, description: fields.description.nullable(), brand: fields.brand.nullable() })
  .partial();
export type ProductPatch = z.infer<typeof productPatch>;

export const productView = z.object({
  id,
  companyId: id,
  name: z.string(),
  slug: z.string(),
  description: z.string().optional(),
  status,
  shopIds: z.array(id),
  categoryIds: z.array(id),
  tags: z.array(z.string()),
  brand: z.string().optional(),
  taxClass: z.string(),
  attributes: z.record(z.string(), z.string()),
  currency,
  variants: z.array(
    z.object({
      variantId: id,
      sku,
      options: z.record(z.string(), z.string()),
      price: z.int(),
      compareAtPrice: z.int().optional(),
      currency,
      barcode: z.string().optional(),
      weightGrams: z.int(),
      tracked: z.boolean(),
      backorderable: z.boolean(),
    }),
  ),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
});
export type ProductView = z.infer<typeof productView>;

export function viewProduct(product: Product): ProductView {
  const { _id, variants, createdAt, updatedAt, ...rest } = product;
  return {
    ...rest,
    id: _id,
    variants: variants.map((variant) => ({ ...variant, currency: product.currency })),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
