import { z } from 'zod';
import { defineCall } from '../call.ts';
import { orderCoupon, revision } from '../events/shapes.ts';
import { id } from '../ids.ts';
import { signedQuote } from '../quote.ts';

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
