import { companySettings, currency, id, instant, taxZone } from '@souk/contracts';
import { z } from 'zod';
import { subscriptionView, viewSubscription } from '../subscription/subscription.views.ts';
import { SUSPENSION_REASONS } from '../subscription/suspension.rules.ts';
import type { Company } from './company.store.ts';
import { DEFAULT_LOCALES } from './settings.rules.ts';
import { openMethods } from './storefront.rules.ts';

export const slug = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

/** A link for browsers: no other scheme than the web's, which could run as script where it is shown. */
export const webLink = z.url({ protocol: /^https?$/ }).max(2048);
export const color = z.string().regex(/^#[0-9a-f]{6}$/i);

export const contactInfo = z.strictObject({
  email: z.email().max(254).optional(),
  phone: z.string().max(32).optional(),
  website: webLink.optional(),
});

export const postalAddress = z.strictObject({
  line1: z.string().max(200).optional(),
  line2: z.string().max(200).optional(),
  city: z.string().max(100).optional(),
  state: z.string().max(100).optional(),
  postalCode: z.string().max(20).optional(),
  country: taxZone.shape.country.optional(),
});

export const branding = z.strictObject({
  primaryColor: color.optional(),
  secondaryColor: color.optional(),
  accentColor: color.optional(),
});

export const settingsView = companySettings.extend({ taxNumber: z.string().nullable() });

export const companyView = z.object({
  id,
  name: z.string(),
  slug: z.string(),
  logo: z.string().nullable(),
  description: z.string(),
  contactInfo,
  address: postalAddress,
  branding,
  settings: settingsView,
  ownerId: id.nullable(),
  isActive: z.boolean(),
  subscription: subscriptionView.nullable(),
  suspendedFor: z.array(z.enum(SUSPENSION_REASONS)),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
});

/** A company as its administrators and the platform see it; what it withholds has an endpoint of its own. */
export function viewCompany(company: Company): z.infer<typeof companyView> {
  const { _id, deletedAt: _at, withheld: _withheld, createdAt, updatedAt, subscription, suspendedFor = [], ...shown } = company;
  return {
    ...{ id: _id, ...shown, suspendedFor, subscription: subscription ? viewSubscription(subscription) : null },
    ...{ createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
  };
}

export const storefrontView = z.object({
  companyId: id,
  name: z.string(),
  slug: z.string(),
  description: z.string(),
  logo: z.string().nullable(),
  branding,
  currency,
  timezone: z.string(),
  taxInclusive: z.boolean(),
  locales: z.array(z.string()),
  methods: z.array(
    z.object({ methodId: id, name: z.string(), kind: z.enum(['delivery', 'pickup']), countries: z.array(z.string()) }),
  ),
});

/** A company as anybody sees it who opens its storefront. */
export function viewStorefront(company: Company): z.infer<typeof storefrontView> {
  const { _id, name, description, logo, settings } = company;
  const { currency: code, timezone, taxInclusive, locales = DEFAULT_LOCALES, shippingZones } = settings;
  const looks = { name, slug: company.slug, description, logo, branding: company.branding };
  return { companyId: _id, ...looks, currency: code, timezone, taxInclusive, locales, methods: openMethods(shippingZones) };
}
