import { currency, id, sku } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { conflict, newId, StateConflict } from '@souk/service-kit';
import { z } from 'zod';
import type { Cart } from './cart.rules.ts';
import { remembered } from './cart.rules.ts';

const MOST_TRIES = 8;

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
export async function readCart(userId: string, ctx: Context): Promise<Cart> {
  const { value } = await ctx.state.get(keyOf(userId));
  return cartOf(value);
}

/**
 * Writes what `change` makes of a user's cart; under a `key` (Idempotency-Key) only once. First write wins: `change` runs again on what
 * another request wrote, and 409 is thrown when that happens too often. A change that gives the same cart writes nothing.
 */
export async function changeCart(
  userId: string,
  change: (cart: Cart) => Cart,
  { ctx, key }: { ctx: Context; key?: string | undefined },
): Promise<{ cart: Cart; isChanged: boolean }> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const { value, etag } = await ctx.state.get(keyOf(userId));
    const before = cartOf(value);
    const after = key !== undefined && before.keys.includes(key) ? before : change(before);
    if (after === before) return { cart: before, isChanged: false };
    const cart = { ...after, version: before.version + 1, ...(key !== undefined && { keys: remembered(before.keys, key) }) };
    if (await isWritten(userId, { cart, etag }, ctx)) return { cart, isChanged: true };
  }
  throw conflict();
}

async function isWritten(
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
