/** A variant as it is kept: what is bought. Prices are minor units of the product's currency. */
export interface Variant {
  variantId: string;
  sku: string;
  options: Record<string, string>;
  price: number;
  compareAtPrice?: number | undefined;
  barcode?: string | undefined;
  weightGrams: number;
  tracked: boolean;
  backorderable: boolean;
}

export type ProductStatus = 'draft' | 'active' | 'archived';

export interface Product {
  _id: string;
  companyId: string;
  version: number;
  name: string;
  slug: string;
  description?: string | undefined;
  status: ProductStatus;
  shopIds: string[];
  categoryIds: string[];
  tags: string[];
  brand?: string | undefined;
  taxClass: string;
  attributes: Record<string, string>;
  currency: string;
  variants: Variant[];
  createdAt: Date;
  updatedAt: Date;
}

/** What a client says of a variant: an id only for one that is there already. */
export type VariantInput = Omit<Variant, 'variantId'> & { variantId?: string | undefined };

type Editable = Omit<
  Product,
  '_id' | 'companyId' | 'version' | 'currency' | 'createdAt' | 'updatedAt' | 'variants' | 'description' | 'brand'
>;

/** Fields that a change names: absent ones stay, null empties. */
export type ProductFields = { [Field in keyof Editable]?: Editable[Field] | undefined } & {
  description?: string | null | undefined;
  brand?: string | null | undefined;
  variants?: VariantInput[] | undefined;
};

/** The product as a change leaves it. */
export function edited(before: Product, fields: ProductFields & Pick<Product, 'variants' | 'currency'>, at: Date): Product {
  return {
    ...before,
    name: fields.name ?? before.name,
    slug: fields.slug ?? before.slug,
    description: fields.description === undefined ? before.description : (fields.description ?? undefined),
    status: fields.status ?? before.status,
    shopIds: fields.shopIds ?? before.shopIds,
    categoryIds: fields.categoryIds ?? before.categoryIds,
    tags: fields.tags ?? before.tags,
    brand: fields.brand === undefined ? before.brand : (fields.brand ?? undefined),
    taxClass: fields.taxClass ?? before.taxClass,
    attributes: fields.attributes ?? before.attributes,
    currency: fields.currency,
    variants: fields.variants,
    version: before.version + 1,
    updatedAt: at,
  };
}

/** Name as a part of an address: `Röda Koppen!` is `roda-koppen`. Empty when no letter or digit is left. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, 80).replace(/^-+|-+$/g, '');
}

/** Variants with ids: one named by its id or found by its sku keeps what carts and orders know it by, any other gets a new one. */
export function withVariantIds(inputs: readonly VariantInput[], before: readonly Variant[], newId: () => string): Variant[] {
  return inputs.map((input) => {
    const known = before.find(({ variantId }) => variantId === input.variantId) ?? before.find(({ sku }) => sku === input.sku);
    return { ...input, variantId: known?.variantId ?? newId() };
  });
}

export interface PriceChange {
  variantId: string;
  sku: string;
  before?: number;
  after: number;
}

type Priced = Pick<Product, 'currency' | 'variants'>;

/** Which variants ask another price than before; in another currency each of them does, and there is no price to compare with. */
export function priceChanges(before: Priced, after: Priced): PriceChange[] {
  const isExchanged = before.currency !== after.currency;
  return after.variants.flatMap(({ variantId, sku, price }) => {
    const old = before.variants.find((variant) => variant.variantId === variantId);
    if (!old || (!isExchanged && old.price === price)) return [];
    return [{ variantId, sku, ...(!isExchanged && { before: old.price }), after: price }];
  });
}

/** Whether a change touches what shop staff may not: prices, and with them which variants there are. */
export function touchesPrices(before: readonly Variant[], after: readonly Variant[]): boolean {
  if (before.length !== after.length) return true;
  return after.some((variant) => {
    const old = before.find(({ variantId }) => variantId === variant.variantId);
    return !old || old.price !== variant.price || old.compareAtPrice !== variant.compareAtPrice;
  });
}

/** The first value that stands twice. */
export function firstRepeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
