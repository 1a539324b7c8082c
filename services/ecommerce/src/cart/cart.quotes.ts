import type { Place } from '@souk/contracts';
import { placeOf } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { cartEmpty } from '../errors.ts';
import { quoteBasket } from '../quote/quote.actions.ts';
import { readCart } from './cart.state.ts';

export interface CartQuoteRequest extends Place {
  userId: string;
  /** Name of the shipping method by shop; the cheapest where absent. */
  shippingMethods?: Record<string, string> | undefined;
}

/** A user's cart as signed quotes, one for each shop in it. Throws 409 when it is empty or a line cannot be bought, naming the line. */
export async function quotesOfCart(
  { userId, country, state, shippingMethods }: CartQuoteRequest,
  ctx: Context,
): Promise<string[]> {
  const { items, couponCode } = await readCart(userId, ctx);
  if (items.length === 0) throw cartEmpty();
  const quotes: string[] = [];
  const promised = new Map<string, number>();
  for (const shopId of new Set(items.map((item) => item.shopId))) {
    const lines = items
      .filter((item) => item.shopId === shopId)
      .map(({ productId, variantId, sku, quantity }) => ({ productId, variantId, sku, quantity }));
    const { signed, quote } = await quoteBasket(
      {
        shopId,
        lines,
        couponCode,
        // In a cart of several companies the code is one company's: the others pass it over.
        isCouponRequired: false,
        customerId: userId,
        promised,
        destination: placeOf({ country, state }),
        shippingMethod: shippingMethods?.[shopId],
      },
      ctx,
    );
    quotes.push(signed);
    for (const { promotionId } of quote.coupons) promised.set(promotionId, (promised.get(promotionId) ?? 0) + 1);
  }
  return quotes;
}
