import type { Address, PaymentMethod } from '@souk/contracts';
import { quoteCart } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId } from '@souk/service-kit';
import { cartEmpty } from './errors.ts';
import { draftOrder, openQuote, placeOrders } from './order.actions.ts';
import type { Order } from './order.model.ts';

export interface CheckoutRequest {
  paymentMethod: PaymentMethod;
  shippingAddress: Address;
  /** Name of the shipping method by shop; the cheapest where absent. */
  shippingMethods?: Record<string, string> | undefined;
}

/** Turns the caller's cart into one order for each shop in it: all of them, or none. */
export async function checkOut(ctx: Context, request: CheckoutRequest): Promise<{ checkoutId: string; orders: Order[] }> {
  const { shippingAddress, paymentMethod, shippingMethods } = request;
  const { country, state } = shippingAddress;
  const userId = ctx.caller?.userId ?? '';
  const body = { userId, country, ...(state !== undefined && { state }), ...(shippingMethods && { shippingMethods }) };
  const { quotes } = await ctx.invoke(quoteCart, { body });
  if (quotes.length === 0) throw cartEmpty();
  const checkoutId = newId();
  const details = { paymentMethod, shippingAddress, checkoutId };
  const drafts = await Promise.all(quotes.map((signed) => draftOrder(ctx, openQuote(ctx, signed), details)));
  const made = await placeOrders(ctx, drafts);
  // A repeat under the same key gets the orders of the first time, and so their checkout.
  return { checkoutId: made[0]?.checkoutId ?? checkoutId, orders: made };
}
