import { z } from 'zod';
import { orderCoupon, orderLine, orderPricing } from './events/shapes.ts';
import { id, instant } from './ids.ts';
import { currency } from './money.ts';

/** Where goods go, and what decides the tax on them. */
export const address = z.strictObject({
  name: z.string().min(1).max(120),
  line1: z.string().min(1).max(200),
  line2: z.string().max(200).optional(),
  city: z.string().min(1).max(100),
  state: z.string().max(100).optional(),
  postalCode: z.string().min(1).max(20),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/),
  phone: z.string().max(32).optional(),
});
export type Address = z.infer<typeof address>;

/** What decides tax and shipping of an address. Nothing is known of a buyer who has not said. */
export interface Place {
  country?: string | undefined;
  state?: string | undefined;
}

/** A place as it is compared: codes of countries and states are upper case, and an empty one is none. */
export const placeOf = ({ country, state }: Place): Place => ({
  country: country?.trim().toUpperCase() || undefined,
  state: state?.trim().toUpperCase() || undefined,
});

/** A basket of one shop, priced: what ecommerce signs and sales makes an order from. Amounts are minor units of `currency`. */
export const quote = z.object({
  quoteId: id,
  companyId: id,
  shopId: id,
  customerId: id.optional(),
  currency,
  lines: z.array(orderLine).min(1).max(1000),
  pricing: orderPricing,
  coupons: z.array(orderCoupon),
  shippingMethod: z.string().optional(),
  /** Whether that way brings it or has it fetched; absent where nothing was found that does either. */
  shippingKind: z.enum(['delivery', 'pickup']).optional(),
  /** Where it was priced to go, as `placeOf` writes it; absent where nobody said. */
  country: z.string().optional(),
  state: z.string().optional(),
  validUntil: instant,
});
export type Quote = z.infer<typeof quote>;

/** A quote as it travels: a JWS (HS256 with the secret `quote-key`) whose claim `quote` is the quote. */
export const signedQuote = z.string().max(512_000);
export const QUOTE_ALGORITHM = 'HS256';
export const QUOTE_TTL_SECONDS = 900;
