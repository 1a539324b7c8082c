import { z } from 'zod';
import type { EventContract } from '../event.ts';
import { id, instant, sku } from '../ids.ts';
import { currency, minorUnits } from '../money.ts';
import { ROLES } from '../permissions.ts';

/** What an event carries: `EventData<typeof orderCreated>`. */
export type EventData<Contract> = Contract extends EventContract<infer Data> ? Data : never;

/** Pieces or things, at least one. */
export const quantity = z.int().positive();

/** Pieces or things, none included. */
export const count = z.int().nonnegative();

/** Minor units that cannot be negative; their currency stands in the same object or the one around it. */
export const amount = minorUnits.nonnegative();

/** An order's revision: 1 when it is made, one more with each edit. Answers to older revisions are undone and ignored. */
export const revision = z.int().positive();

/** Why, as a word a program can read. A sentence somebody typed may name a person, so it stays with the service that owns it. */
export const reasonCode = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

export const role = z.enum(ROLES);

/** ISO 3166-1 alpha-2, upper case. */
export const country = z.string().regex(/^[A-Z]{2}$/);

/** The part of ISO 3166-2 after the hyphen: `CA` in `US-CA`. */
export const state = z.string().regex(/^[A-Z0-9]{1,3}$/);

/** An IANA zone: `Europe/Berlin`. */
export const timezone = z.string().min(1).max(64);

export const paymentMethod = z.enum(['sandbox', 'stripe', 'paypal', 'cash', 'account']);
export type PaymentMethod = z.infer<typeof paymentMethod>;

/**
 * One line of an order, in minor units of the order's currency. `name` is the product's as sold. `discount` is all taken off
 * the line, a positive number. `total` is what the buyer pays for it: unitPrice x quantity - discount, plus `tax` where prices
 * are without tax; where they include it, `tax` is the part inside `total`.
 */
export const orderLine = z.object({
  lineId: id,
  productId: id,
  variantId: id.optional(),
  sku,
  name: z.string().min(1),
  quantity,
  unitPrice: amount,
  discount: amount,
  tax: amount,
  total: amount,
  tracked: z.boolean(),
  backorder: z.boolean(),
});
export type OrderLine = z.infer<typeof orderLine>;

/** Sums of an order: `subtotal` before discounts, `discount` a positive number, `tax` with that of shipping, `total` to pay. */
export const orderPricing = z.object({ subtotal: amount, discount: amount, shipping: amount, tax: amount, total: amount });
export type OrderPricing = z.infer<typeof orderPricing>;

/** A promotion that lowered the order, with its code where one was typed. */
export const orderCoupon = z.object({ promotionId: id, code: z.string().min(1).max(64).optional(), discount: amount });
export type OrderCoupon = z.infer<typeof orderCoupon>;

/** Where an order came from. */
export const orderSource = z.enum(['checkout', 'pos', 'import']);
export type OrderSource = z.infer<typeof orderSource>;

/** Some pieces of an order's line. */
export const lineQuantity = z.object({ lineId: id, sku, quantity });

/** Whose order it is. `customerId` is the user's id; a guest's order has none. */
export const orderRef = z.object({
  orderId: id,
  orderNumber: z.string().min(1),
  companyId: id,
  shopId: id,
  customerId: id.optional(),
});

/** One line of a cart. `unitPrice` is the catalogue's at that moment. */
export const cartLine = z.object({
  companyId: id,
  shopId: id,
  productId: id,
  variantId: id.optional(),
  sku,
  quantity,
  unitPrice: amount,
  currency,
});

/** How many of each a company on a plan may have; an absent limit means no limit. */
export const planLimits = z.object({ shops: count.optional(), staff: count.optional(), products: count.optional() });
export type PlanLimits = z.infer<typeof planLimits>;

/** How much a customer is worth to a company, from the least on. */
export const customerSegment = z.enum(['bronze', 'silver', 'gold', 'platinum']);
export type CustomerSegment = z.infer<typeof customerSegment>;

/** How long a period of a subscription is. */
export const billingCycle = z.enum(['month', 'year']);

/** When it happened, where that is not the moment of publishing. */
export const at = instant;
