import { id, sku } from '@souk/contracts';
import { created, endpoint, everyone } from '@souk/service-kit';
import { z } from 'zod';
import { cartEmpty, cartFull, couponNotValid, lineUnavailable } from '../errors.ts';
import { addToCart, emptyCart, removeCoupon, removeFromCart, setCoupon, setQuantity, showCart } from './cart.actions.ts';
import { MOST_PIECES } from './cart.rules.ts';
import { cartView } from './cart.views.ts';

const params = z.object({ id });
const quantity = z.int().min(1).max(MOST_PIECES);
const shared = { access: everyone, output: cartView };

export const cartEndpoints = [
  endpoint({
    ...shared,
    method: 'GET',
    path: '/cart',
    summary: 'Your cart, at the prices of now.',
    run: (_input, ctx) => showCart(ctx),
  }),
  endpoint({ ...shared, method: 'DELETE', path: '/cart', summary: 'Empties your cart.', run: (_input, ctx) => emptyCart(ctx) }),
  endpoint({
    ...shared,
    method: 'POST',
    path: '/cart/items',
    summary: 'Puts pieces of a product, sold by a shop, into your cart; a variant is named by its id or sku.',
    body: z
      .strictObject({
        productId: id.optional(),
        variantId: id.optional(),
        sku: sku.optional(),
        shopId: id,
        quantity: quantity.default(1),
      })
      .refine((wanted) => wanted.productId !== undefined || wanted.sku !== undefined, 'productId or sku is needed'),
    headers: z.object({ 'idempotency-key': z.string().optional() }),
    errors: [lineUnavailable, cartFull],
    run: async ({ body, headers }, ctx) => created(await addToCart({ ...body, key: headers['idempotency-key'] }, ctx), '/cart'),
  }),
  endpoint({
    ...shared,
    method: 'PUT',
    path: '/cart/items/:id',
    summary: 'Says how many pieces of a line it is to be.',
    params,
    body: z.strictObject({ quantity }),
    run: ({ params: { id: itemId }, body }, ctx) => setQuantity(itemId, body.quantity, ctx),
  }),
  endpoint({
    ...shared,
    method: 'DELETE',
    path: '/cart/items/:id',
    summary: 'Takes a line out of your cart.',
    params,
    run: ({ params: { id: itemId } }, ctx) => removeFromCart(itemId, ctx),
  }),
  endpoint({
    ...shared,
    method: 'POST',
    path: '/cart/coupon',
    summary: 'Puts a code on your cart.',
    body: z.strictObject({ code: z.string().trim().min(1).max(40) }),
    status: 200,
    errors: [couponNotValid, cartEmpty],
    run: ({ body }, ctx) => setCoupon(body.code, ctx),
  }),
  endpoint({
    ...shared,
    method: 'DELETE',
    path: '/cart/coupon',
    summary: 'Takes the code off your cart.',
    run: (_input, ctx) => removeCoupon(ctx),
  }),
];
