/** A line of a cart: a variant in a shop. `seenPrice` is what it cost when the user last said how many. */
export interface CartItem {
  itemId: string;
  companyId: string;
  shopId: string;
  productId: string;
  variantId: string;
  sku: string;
  quantity: number;
  seenPrice: number;
  currency: string;
}

/** A user's cart. It is emptied, never removed, so that its version only grows. */
export interface Cart {
  cartId: string;
  version: number;
  items: CartItem[];
  couponCode?: string | undefined;
  /** Orders whose lines have left it, the newest last: a repeated event finds itself here. */
  orderIds: string[];
  /** Keys of its changes, the newest last: the state store has no part in the transaction that remembers them. */
  keys: string[];
}

export const MOST_ITEMS = 100;
export const MOST_PIECES = 10_000;
const MOST_REMEMBERED = 20;

/** The cart with so many more of a variant; undefined when it would hold too much. */
export function withItem(cart: Cart, added: CartItem): Cart | undefined {
  const same = cart.items.find(({ shopId, sku }) => shopId === added.shopId && sku === added.sku);
  if (!same) return cart.items.length < MOST_ITEMS ? { ...cart, items: [...cart.items, added] } : undefined;
  const quantity = same.quantity + added.quantity;
  if (quantity > MOST_PIECES) return undefined;
  return withChanged(cart, { ...added, itemId: same.itemId, quantity });
}

export function withChanged(cart: Cart, changed: CartItem): Cart {
  return { ...cart, items: cart.items.map((item) => (item.itemId === changed.itemId ? changed : item)) };
}

export function withoutItem(cart: Cart, itemId: string): Cart {
  return { ...cart, items: cart.items.filter((item) => item.itemId !== itemId) };
}

export function emptied({ couponCode: _code, ...cart }: Cart): Cart {
  return { ...cart, items: [] };
}

export interface Ordered {
  orderId: string;
  shopId: string;
  lines: readonly { sku: string; quantity: number }[];
}

/** The cart without what was ordered from it; the same cart when that order has left it before. A coupon goes with the last line. */
export function withoutOrdered(cart: Cart, { orderId, shopId, lines }: Ordered): Cart {
  if (cart.orderIds.includes(orderId)) return cart;
  const items = cart.items.flatMap((item) => {
    const ordered =
      item.shopId === shopId ? lines.filter(({ sku }) => sku === item.sku).reduce((sum, { quantity }) => sum + quantity, 0) : 0;
    return ordered < item.quantity ? [{ ...item, quantity: item.quantity - ordered }] : [];
  });
  const left: Cart = { ...cart, items, orderIds: remembered(cart.orderIds, orderId) };
  return items.length === 0 ? emptied(left) : left;
}

/** The newest few, with one more. */
export const remembered = (known: readonly string[], added: string): string[] => [...known, added].slice(-MOST_REMEMBERED);
