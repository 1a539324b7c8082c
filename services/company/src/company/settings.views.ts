import {
  basisPoints,
  companySettings,
  currency,
  id,
  segmentThresholds,
  shippingRate,
  shippingZone,
  taxZone,
  timezone,
} from '@souk/contracts';
import { z } from 'zod';

const { lowStockThreshold, returnWindowDays, reservationSeconds, locales } = companySettings.shape;
const MONTH_SECONDS = 30 * 24 * 3600;

/** The contract's shapes as clients may send them: nothing unknown, nothing without a limit. New zones and methods get their ids here. */
const taxZoneInput = z.strictObject({
  ...taxZone.shape,
  rates: z.array(z.strictObject({ taxClass: z.string().min(1).max(32), rate: basisPoints })).max(50),
});

const methodInput = z.strictObject({
  methodId: id.optional(),
  name: z.string().trim().min(1).max(80),
  kind: z.enum(['delivery', 'pickup']),
  rates: z.array(z.strictObject(shippingRate.shape)).max(50),
});

const zoneInput = z.strictObject({
  zoneId: id.optional(),
  name: z.string().trim().min(1).max(80),
  countries: shippingZone.shape.countries.max(249),
  states: z.array(shippingZone.shape.states.unwrap().element).max(200).optional(),
  methods: z.array(methodInput).max(20),
});

/** Any part of a company's settings; what is named is replaced whole, what is not stays. */
export const settingsPatch = z.strictObject({
  currency: currency.optional(),
  timezone: timezone.optional(),
  taxInclusive: z.boolean().optional(),
  taxZones: z.array(taxZoneInput).max(300).optional(),
  shippingZones: z.array(zoneInput).max(50).optional(),
  lowStockThreshold: lowStockThreshold.max(1_000_000).optional(),
  returnWindowDays: returnWindowDays.max(3_650).optional(),
  reservationSeconds: reservationSeconds.max(MONTH_SECONDS).optional(),
  locales: locales
    .unwrap()
    .max(50)
    .refine((codes) => new Set(codes).size === codes.length, 'a language stands there twice')
    .optional(),
  segmentThresholds: z.strictObject(segmentThresholds.shape).optional(),
  taxNumber: z.string().trim().min(1).max(32).nullable().optional(),
});
export type SettingsPatch = z.infer<typeof settingsPatch>;
