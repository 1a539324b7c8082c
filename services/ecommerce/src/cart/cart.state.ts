import { currency, id, sku } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId, StateConflict } from '@souk/service-kit';
import { z } from 'zod';
import type { Cart } from './cart.rules.ts';

const stored = z.object({
  cartId: id,
  version: z.int(),
  items: z.array(
    z.object({
      itemId: id,
      companyId: id,
      shopId: id,
      productId: id,
      variantId: id,
      sku,
      quantity: z.int().positive(),
      seenPrice: z.int(),
      currency,
    }),
  ),
  couponCode: z.string().optional(),
  orderIds: z.array(z.string()),
  keys: z.array(z.string()),
});

const keyOf = (userId: string): string => `cart:${userId}`;

/** A user's cart; an empty one when there is none yet. */
export const readCart = async (userId: string, ctx: Context): Promise<Cart> => (await openCart(userId, ctx)).cart;

/** A user's cart with the ETag that guards its next write. */
export async function openCart(userId: string, ctx: Context): Promise<{ cart: Cart; etag: string | undefined }> {
  const { value, etag } = await ctx.state.get(keyOf(userId));
  return { cart: cartOf(value), etag };
}

/** Writes a cart; false when somebody else wrote it since `etag`. */
export async function writeCart(
  userId: string,
  { cart, etag }: { cart: Cart; etag: string | undefined },
  ctx: Context,
): Promise<boolean> {
  try {
    await ctx.state.set(keyOf(userId), cart, etag);
    return true;
  } catch (error) {
    if (error instanceof StateConflict) return false;
    throw error;
  }
}

/** Forgets a user's cart altogether. */
export const eraseCart = (userId: string, ctx: Context): Promise<void> => ctx.state.delete(keyOf(userId));

const cartOf = (value: unknown): Cart =>
  value === undefined || value === null
    ? { cartId: newId(), version: 0, items: [], orderIds: [], keys: [] }
    : stored.parse(value);
