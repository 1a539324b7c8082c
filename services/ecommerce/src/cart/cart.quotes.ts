import type { Context } from '@souk/service-kit';
import { cartEmpty } from '../errors.ts';
import { quoteBasket } from '../quote/quote.actions.ts';
import type { Place } from '../quote/tax.rules.ts';
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
  for (const shopId of new Set(items.map((item) => item.shopId))) {
    const lines = items
      .filter((item) => item.shopId === shopId)
      .map(({ productId, variantId, sku, quantity }) => ({ productId, variantId, sku, quantity }));
    const { signed } = await quoteBasket(
      {
        shopId,
        lines,
        couponCode,
        // In a cart of several companies the code is one company's: the others pass it over.
        isCouponRequired: false,
        customerId: userId,
        destination: { country: country?.toUpperCase(), state: state?.toUpperCase() },
        shippingMethod: shippingMethods?.[shopId],
      },
      ctx,
    );
    quotes.push(signed);
  }
  return quotes;
}
