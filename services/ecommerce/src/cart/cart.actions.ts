import type { Context } from '@souk/service-kit';
import { newId, notFound, unauthenticated } from '@souk/service-kit';
import { cartEmpty, cartFull, couponNotValid, lineUnavailable } from '../errors.ts';
import type { Wanted } from '../product/offer.rules.ts';
import { findOffers } from '../product/offers.ts';
import { findRunningPromotions, withUsesLeft } from '../promotion/promotion.actions.ts';
import { codeKeyOf } from '../promotion/promotion.rules.ts';
import { noteId } from './cart.facts.ts';
import type { Cart, CartItem, Ordered } from './cart.rules.ts';
import { emptied, withChanged, withItem, withoutItem, withoutOrdered } from './cart.rules.ts';
import { eraseCart, readCart } from './cart.state.ts';
import type { CartView } from './cart.views.ts';
import { viewCart } from './cart.views.ts';
import type { Change } from './change.actions.ts';
import { changeCart, forgetChanges, tellChange } from './change.actions.ts';

/** The caller's cart at the prices of now. */
export async function showCart(ctx: Context): Promise<CartView> {
  return viewCart(await readCart(userOf(ctx), ctx), ctx);
}

/** Puts pieces of a variant into the caller's cart, once for each `key`. Throws 409 when it is not sold there or the cart is full. */
export async function addToCart(
  { key, ...wanted }: Wanted & { quantity: number; key?: string | undefined },
  ctx: Context,
): Promise<CartView> {
  const added = await itemOf(wanted, wanted.quantity, ctx);
  const apply = (cart: Cart) => {
    const next = withItem(cart, added);
    if (!next) throw cartFull();
    return next;
  };
  return changeAndTell(userOf(ctx), apply, { ctx, added, key });
}

/** Says how many pieces of a line it is to be. Throws 404 when the line is not there. */
export async function setQuantity(itemId: string, quantity: number, ctx: Context): Promise<CartView> {
  const userId = userOf(ctx);
  const known = requireItem(await readCart(userId, ctx), itemId);
  const [offer] = await findOffers([known], ctx);
  const seenPrice = offer?.variant?.price ?? known.seenPrice;
  return changeAndTell(userId, (cart) => withChanged(cart, { ...requireItem(cart, itemId), quantity, seenPrice }), { ctx });
}

export function removeFromCart(itemId: string, ctx: Context): Promise<CartView> {
  return changeAndTell(userOf(ctx), (cart) => withoutItem(cart, requireItem(cart, itemId).itemId), { ctx });
}

export function emptyCart(ctx: Context): Promise<CartView> {
  return changeAndTell(userOf(ctx), (cart) => (cart.items.length === 0 && cart.couponCode === undefined ? cart : emptied(cart)), {
    ctx,
  });
}

/** Puts a code on the caller's cart. Throws 409 when no company in the cart has it running with a use left for the caller. */
export async function setCoupon(code: string, ctx: Context): Promise<CartView> {
  const userId = userOf(ctx);
  const { items } = await readCart(userId, ctx);
  if (items.length === 0) throw cartEmpty();
  const couponCode = codeKeyOf(code);
  if (!(await isUsable(couponCode, items, ctx))) throw couponNotValid();
  return changeAndTell(userId, (cart) => ({ ...cart, couponCode }), { ctx });
}

export function removeCoupon(ctx: Context): Promise<CartView> {
  const withoutCode = ({ couponCode, ...rest }: Cart): Cart => rest;
  return changeAndTell(userOf(ctx), (cart) => (cart.couponCode === undefined ? cart : withoutCode(cart)), { ctx });
}

/** Takes ordered lines out of a customer's cart, once. False when the order has nothing to do with it. */
export async function takeOrdered(customerId: string, ordered: Ordered, ctx: Context): Promise<boolean> {
  const known = await readCart(customerId, ctx);
  if (known.items.length === 0 && !known.orderIds.includes(ordered.orderId)) return false;
  await changeCart(customerId, (cart) => withoutOrdered(cart, ordered), { ctx, key: keyOfOrder(ordered.orderId) });
  return true;
}

/** Tells what `takeOrdered` has changed. */
export const tellOrdered = (customerId: string, orderId: string, ctx: Context): Promise<void> =>
  tellChange(noteId(customerId, keyOfOrder(orderId)), ctx);

const keyOfOrder = (orderId: string): string => `order ${orderId}`;

export async function forgetCart(userId: string, ctx: Context): Promise<void> {
  await eraseCart(userId, ctx);
  await forgetChanges(userId, ctx);
}

async function changeAndTell(userId: string, change: (cart: Cart) => Cart, about: Change): Promise<CartView> {
  const { view, tell } = await changeCart(userId, change, about);
  if (tell !== undefined) await tellChange(tell, about.ctx);
  return view;
}

async function itemOf(wanted: Wanted, quantity: number, ctx: Context): Promise<CartItem> {
  const [offer] = await findOffers([wanted], ctx);
  if (!offer || offer.unavailable === 'unknown')
    throw notFound('There is no such product, or it has several variants and none was named');
  if (offer.unavailable !== undefined) throw lineUnavailable(undefined, { reason: offer.unavailable });
  const { product, variant } = offer;
  const { companyId, currency, _id: productId } = product;
  const { variantId, sku, price } = variant;
  return { itemId: newId(), companyId, shopId: wanted.shopId, productId, variantId, sku, quantity, seenPrice: price, currency };
}

async function isUsable(couponCode: string, items: readonly CartItem[], ctx: Context): Promise<boolean> {
  for (const companyId of new Set(items.map((item) => item.companyId))) {
    const running = await findRunningPromotions(companyId, couponCode, ctx);
    const named = running.filter(({ codeKey }) => codeKey === couponCode);
    if ((await withUsesLeft(named, { customerId: ctx.caller?.userId }, ctx)).length > 0) return true;
  }
  return false;
}

function requireItem({ items }: Cart, itemId: string): CartItem {
  const item = items.find((each) => each.itemId === itemId);
  if (!item) throw notFound();
  return item;
}

function userOf({ caller }: Context): string {
  if (!caller) throw unauthenticated();
  return caller.userId;
}
