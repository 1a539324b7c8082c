import { z } from 'zod';
import { defineCall } from '../call.ts';
import { orderCoupon, quantity, revision } from '../events/shapes.ts';
import { id, sku } from '../ids.ts';
import { quote, signedQuote } from '../quote.ts';

/** The same question as `order.created` puts to promotions, for an order whose answer is late. */
export const askRedemption = defineCall({
  service: 'ecommerce',
  method: 'POST',
  path: '/internal/redemptions',
  summary: "Takes an order's limited promotions, or says which one is used up.",
  body: z.object({ orderId: id, revision, companyId: id, customerId: id.optional(), coupons: z.array(orderCoupon) }),
  output: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('redeemed') }),
    z.object({
      outcome: z.literal('refused'),
      promotionId: id,
      reason: z.enum(['limit_reached', 'customer_limit_reached', 'expired', 'unknown']),
    }),
  ]),
});

/** A cart as signed quotes, one for each shop in it. */
export const quoteCart = defineCall({
  service: 'ecommerce',
  method: 'POST',
  path: '/internal/carts/quote',
  summary: "Prices and signs a user's cart, one quote for each shop.",
  body: z.object({
    userId: id,
    country: z.string().max(64).optional(),
    state: z.string().max(64).optional(),
    /** Name of the shipping method by shop; the cheapest where absent. */
    shippingMethods: z.record(id, z.string().max(200)).optional(),
  }),
  output: z.object({ quotes: z.array(signedQuote) }),
});

/**
 * An edited order at the prices of now: its lines keep their ids, and the limited promotions that it holds count as free for it. The
 * answer is not signed, because it goes to nobody but the order.
 */
export const quoteOrder = defineCall({
  service: 'ecommerce',
  method: 'POST',
  path: '/internal/orders/quote',
  summary: 'Prices the lines that a pending order is to have.',
  body: z.object({
    orderId: id,
    shopId: id,
    customerId: id.optional(),
    lines: z
      .array(z.object({ lineId: id, productId: id, variantId: id.optional(), sku, quantity }))
      .min(1)
      .max(1000),
    couponCode: z.string().max(64).optional(),
    country: z.string().max(64).optional(),
    state: z.string().max(100).optional(),
    shippingMethod: z.string().max(200).optional(),
  }),
  output: z.object({ quote }),
});
