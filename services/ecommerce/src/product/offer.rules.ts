import type { Product, Variant } from './product.rules.ts';

/** A variant in a shop, as somebody asks for it: by product, where it has one variant or which one is said, or by sku. */
export interface Wanted {
  shopId: string;
  productId?: string | undefined;
  variantId?: string | undefined;
  sku?: string | undefined;
}

/** Why a line cannot be bought: no such thing, not sold there now, the shop is closed, or priced in a currency of before. */
export type Unavailable = 'unknown' | 'not_sold' | 'shop_closed' | 'other_currency';

/** What the catalogue has for somebody who wants something: to be bought, or the reason why not. */
export type Offer =
  | { product: Product; variant: Variant; unavailable?: undefined }
  | { product?: Product | undefined; variant?: Variant | undefined; unavailable: Unavailable };

export interface Catalogue {
  products: readonly Product[];
  shops: ReadonlyMap<string, { companyId: string; isActive: boolean }>;
  /** By company: its currency; absent for one that is deleted. */
  currencies: ReadonlyMap<string, string>;
}

/** What is offered for `wanted`, from what was read of the catalogue. A shop that is not known yet is trusted to be what the product says. */
export function offerOf(wanted: Wanted, { products, shops, currencies }: Catalogue): Offer {
  const shop = shops.get(wanted.shopId);
  const product = products.find((each) =>
    wanted.productId === undefined
      ? each.companyId === shop?.companyId && each.variants.some(({ sku }) => sku === wanted.sku)
      : each._id === wanted.productId,
  );
  const variant = product && variantOf(product, wanted);
  if (!product || !variant) return { product, unavailable: 'unknown' };
  const isOthers = shop !== undefined && shop.companyId !== product.companyId;
  const currency = currencies.get(product.companyId);
  if (product.status !== 'active' || isOthers || currency === undefined || !product.shopIds.includes(wanted.shopId)) {
    return { product, variant, unavailable: 'not_sold' };
  }
  if (shop?.isActive === false) return { product, variant, unavailable: 'shop_closed' };
  return currency === product.currency ? { product, variant } : { product, variant, unavailable: 'other_currency' };
}

function variantOf({ variants }: Product, { variantId, sku }: Wanted): Variant | undefined {
  if (variantId !== undefined)
    return variants.find((variant) => variant.variantId === variantId && (sku === undefined || variant.sku === sku));
  if (sku !== undefined) return variants.find((variant) => variant.sku === sku);
  return variants.length === 1 ? variants[0] : undefined;
}
