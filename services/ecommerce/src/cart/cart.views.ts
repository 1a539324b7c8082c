import { currency, id, sku } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { z } from 'zod';
import type { Offer } from '../product/offer.rules.ts';
import { findOffers } from '../product/offers.ts';
import { findStock } from '../stock/stock.actions.ts';
import type { StockRow } from '../stock/stock.rules.ts';
import { availableAt } from '../stock/stock.rules.ts';
import type { Cart, CartItem } from './cart.rules.ts';

const item = z.object({
  itemId: id,
  companyId: id,
  shopId: id,
  productId: id,
  variantId: id,
  sku,
  name: z.string(),
  options: z.record(z.string(), z.string()),
  quantity: z.int(),
  /** The catalogue's of now; the last known one of what is no longer sold. */
  unitPrice: z.int(),
  currency,
  total: z.int(),
  /** It cost another amount when the user last said how many. */
  priceChanged: z.boolean(),
  /** It cannot be bought now, and why. */
  unavailable: z.boolean(),
  reason: z.enum(['unknown', 'not_sold', 'shop_closed', 'other_currency']).optional(),
  /** The shop is known to have less than the quantity. */
  missingStock: z.boolean(),
});
type ItemView = z.infer<typeof item>;

export const cartView = z.object({
  cartId: id,
  version: z.int(),
  items: z.array(item),
  couponCode: z.string().optional(),
  /** Before promotions, tax and shipping, of what can be bought: one for each shop. */
  subtotals: z.array(z.object({ companyId: id, shopId: id, currency, subtotal: z.int() })),
});
export type CartView = z.infer<typeof cartView>;

/** A cart at the prices of now. */
export async function viewCart({ cartId, version, items, couponCode }: Cart, ctx: Context): Promise<CartView> {
  const offers = await findOffers(items, ctx);
  const rows: StockRow[] = [];
  for (const companyId of new Set(items.map((each) => each.companyId))) {
    const skus = items.filter((each) => each.companyId === companyId).map((each) => each.sku);
    rows.push(...(await findStock(companyId, skus, ctx)));
  }
  const views = items.map((each, index) => viewItem(each, offers[index] ?? { unavailable: 'unknown' }, rows));
  return { cartId, version, items: views, couponCode, subtotals: subtotalsOf(views) };
}

function viewItem(
  { seenPrice, ...kept }: CartItem,
  { product, variant, unavailable }: Offer,
  rows: readonly StockRow[],
): ItemView {
  const unitPrice = variant?.price ?? seenPrice;
  const needsStock = variant?.tracked === true && !variant.backorderable;
  const ofCompany = rows.filter(({ companyId }) => companyId === kept.companyId);
  const available = needsStock ? availableAt(kept.shopId, kept.sku, ofCompany) : undefined;
  return {
    ...kept,
    name: product?.name ?? kept.sku,
    options: variant?.options ?? {},
    unitPrice,
    total: unitPrice * kept.quantity,
    priceChanged: unitPrice !== seenPrice,
    unavailable: unavailable !== undefined,
    reason: unavailable,
    missingStock: available !== undefined && available < kept.quantity,
  };
}

function subtotalsOf(items: readonly ItemView[]): CartView['subtotals'] {
  const subtotals = new Map<string, CartView['subtotals'][number]>();
  for (const { companyId, shopId, currency: code, total, unavailable } of items) {
    const known = subtotals.get(shopId) ?? { companyId, shopId, currency: code, subtotal: 0 };
    subtotals.set(shopId, { ...known, subtotal: known.subtotal + (unavailable ? 0 : total) });
  }
  return [...subtotals.values()];
}
