import type { Cart, CartItem } from '../src/cart/cart.rules.ts';
import { MOST_ITEMS, MOST_PIECES, withItem, withoutOrdered } from '../src/cart/cart.rules.ts';

const item = (fields: Partial<CartItem> = {}): CartItem => ({
  itemId: 'item',
  companyId: 'north',
  shopId: 'corner',
  productId: 'mug',
  variantId: 'red',
  sku: 'MUG-RED',
  quantity: 2,
  seenPrice: 1_000,
  currency: 'USD',
  ...fields,
});
const cart = (...items: CartItem[]): Cart => ({ cartId: 'cart', version: 1, items, couponCode: 'TEN', orderIds: [], keys: [] });

describe('adding', () => {
  it('joins the same variant of the same shop and takes the price of now', () => {
    const joined = withItem(cart(item()), item({ itemId: 'new', quantity: 3, seenPrice: 1_100 }));
    expect(joined?.items).toEqual([item({ quantity: 5, seenPrice: 1_100 })]);
    expect(withItem(cart(item()), item({ itemId: 'new', shopId: 'harbour' }))?.items).toHaveLength(2);
  });

  it('stops where the cart is full', () => {
    const full = cart(
      ...Array.from({ length: MOST_ITEMS }, (_, index) => item({ itemId: `item ${index}`, sku: `SKU-${index}` })),
    );
    expect(withItem(full, item({ itemId: 'new' }))).toBeUndefined();
    expect(withItem(cart(item({ quantity: MOST_PIECES })), item({ itemId: 'new', quantity: 1 }))).toBeUndefined();
  });
});

describe('what was ordered', () => {
  const order = { orderId: 'order', shopId: 'corner', lines: [{ sku: 'MUG-RED', quantity: 2 }] };

  it('leaves the cart once, and only from the shop it was ordered of', () => {
    const left = withoutOrdered(cart(item({ quantity: 5 }), item({ itemId: 'other', shopId: 'harbour' })), order);
    expect(left.items.map(({ quantity }) => quantity)).toEqual([3, 2]);
    expect(withoutOrdered(left, order)).toBe(left);
  });

  it('takes the coupon along with the last line', () => {
    expect(withoutOrdered(cart(item()), order)).toEqual({ cartId: 'cart', version: 1, items: [], orderIds: ['order'], keys: [] });
  });
});
