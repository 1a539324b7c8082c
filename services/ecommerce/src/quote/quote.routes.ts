import { id, quote, quoteCart, quoteOrder, signedQuote, sku } from '@souk/contracts';
import { endpoint, implement, rolesAndGuests, services } from '@souk/service-kit';
import { z } from 'zod';
import { quotesOfCart } from '../cart/cart.quotes.ts';
import { basketTooLarge, couponNotValid, lineUnavailable, shippingUnavailable } from '../errors.ts';
import { quoteOfOrder } from './order.quotes.ts';
import { quoteBasket } from './quote.actions.ts';

const line = z
  .strictObject({
    productId: id.optional(),
    sku: sku.optional(),
    variantId: id.optional(),
    quantity: z.int().min(1).max(100_000),
  })
  .refine(({ productId, sku: named }) => productId !== undefined || named !== undefined, 'productId or sku is needed');

const address = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/),
  state: z
    .string()
    .regex(/^[A-Za-z0-9]{1,3}$/)
    .transform((state) => state.toUpperCase())
    .optional(),
});

const body = z.strictObject({
  shopId: id,
  lines: z.array(line).min(1).max(200),
  couponCode: z.string().trim().min(1).max(40).optional(),
  /** For whom staff ask; a customer asks for itself. */
  customerId: id.optional(),
  address: address.optional(),
  shippingMethod: z.string().min(1).max(120).optional(),
});

const output = z.object({
  quote,
  signed: signedQuote,
  shippingOptions: z.array(
    z.object({ methodId: id.optional(), name: z.string(), kind: z.enum(['delivery', 'pickup']), price: z.int() }),
  ),
  explain: z.array(
    z.object({
      kind: z.enum(['base', 'promotion', 'tax', 'shipping', 'shipping_tax']),
      lineId: id.optional(),
      promotionId: id.optional(),
      label: z.string(),
      rate: z.int().optional(),
      amount: z.int(),
      included: z.boolean(),
    }),
  ),
});

const access = rolesAndGuests({
  super_admin: 'public',
  company_admin: 'public',
  shop_manager: 'public',
  shop_staff: 'public',
  customer: 'public',
});

export const quoteEndpoints = [
  endpoint({
    method: 'POST',
    path: '/quotes',
    summary:
      'Prices a basket of one shop with promotions, tax and shipping, and signs it. Without an address it can only be picked up.',
    access,
    // Asking changes nothing, and a kept answer would cost far more than another one.
    idempotency: 'none',
    body,
    output,
    status: 200,
    errors: [lineUnavailable, couponNotValid, shippingUnavailable, basketTooLarge],
    run: ({ body: { address: destination = {}, customerId, ...basket } }, ctx) => {
      const buyerId = ctx.caller?.role === 'customer' ? ctx.caller.userId : ctx.caller && customerId;
      return quoteBasket({ ...basket, customerId: buyerId, destination, isCouponRequired: true }, ctx);
    },
  }),
  implement(quoteCart, services('sales'), async ({ body: wanted }, ctx) => ({ quotes: await quotesOfCart(wanted, ctx) })),
  implement(quoteOrder, services('sales'), async ({ body: wanted }, ctx) => ({ quote: await quoteOfOrder(wanted, ctx) })),
];
