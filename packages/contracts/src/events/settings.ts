import { z } from 'zod';
import { id } from '../ids.ts';
import { basisPoints, currency } from '../money.ts';
import { amount, count, country, state, timezone } from './shapes.ts';

/** Tax of a country, or of one state of it; the narrower zone wins. Rates are basis points by tax class. */
export const taxZone = z.object({
  country,
  state: state.optional(),
  rates: z.array(z.object({ taxClass: z.string().min(1).max(32), rate: basisPoints })),
});
export type TaxZone = z.infer<typeof taxZone>;

/** The price of parcels from the minima on, included, up to the maxima, excluded; an absent maximum means no end. */
export const shippingRate = z.object({
  minWeightGrams: count,
  maxWeightGrams: count.optional(),
  minTotal: amount,
  maxTotal: amount.optional(),
  price: amount,
});
export type ShippingRate = z.infer<typeof shippingRate>;

/** How goods reach the buyer: carried, or picked up at the shop. */
export const shippingMethod = z.object({
  methodId: id,
  name: z.string().min(1),
  kind: z.enum(['delivery', 'pickup']),
  rates: z.array(shippingRate),
});
export type ShippingMethod = z.infer<typeof shippingMethod>;

/** Countries, or only some states of a single one, with the methods that reach them. */
export const shippingZone = z.object({
  zoneId: id,
  name: z.string().min(1),
  countries: z.array(country).min(1),
  states: z.array(state).optional(),
  methods: z.array(shippingMethod),
});
export type ShippingZone = z.infer<typeof shippingZone>;

/** A language, or a language as it is spoken in a country: `de`, `pt-BR`. */
const locale = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/);

/** What a customer has to have spent in twelve months to be in a segment, in minor units of the company's currency; below all: bronze. */
export const segmentThresholds = z.object({ silver: amount.min(1), gold: amount.min(1), platinum: amount.min(1) });
export type SegmentThresholds = z.infer<typeof segmentThresholds>;

/** Those of a company that has set none. */
export const DEFAULT_SEGMENT_THRESHOLDS: SegmentThresholds = { silver: 50_000, gold: 200_000, platinum: 1_000_000 };

/** What every service obeys of a company's settings. Shipping prices and totals are minor units of `currency`. */
export const companySettings = z.object({
  currency,
  timezone,
  taxInclusive: z.boolean(),
  taxZones: z.array(taxZone),
  shippingZones: z.array(shippingZone),
  lowStockThreshold: count,
  returnWindowDays: count,
  reservationSeconds: z.int().min(5),
  /** Languages that the company speaks, BCP 47, the first by default. */
  locales: z.array(locale).min(1).optional(),
  segmentThresholds: segmentThresholds.optional(),
});
export type CompanySettings = z.infer<typeof companySettings>;
