import { currency, id, instant, taxZone } from '@souk/contracts';
import type { Scope } from '@souk/service-kit';
import { z } from 'zod';
import { DAYS } from './hours/hours.rules.ts';
import type { Shop } from './shop.store.ts';
import { WHOLE_BASIS_POINTS } from './warehouses.rules.ts';

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);

export const latitude = z.number().min(-90).max(90);
export const longitude = z.number().min(-180).max(180);

export const location = z.strictObject({
  address: z.string().max(300).optional(),
  city: z.string().max(100).optional(),
  state: taxZone.shape.state,
  country: taxZone.shape.country.optional(),
  coordinates: z.strictObject({ lat: latitude, lng: longitude }).optional(),
});

export const contactInfo = z.strictObject({
  email: z.email().max(254).optional(),
  phone: z.string().max(32).optional(),
  website: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
});

const span = z.strictObject({ opens: timeOfDay, closes: timeOfDay });

export const operatingHours = z.array(span.extend({ day: z.enum(DAYS) })).max(28);

/** Dates with hours of their own, or none. */
export const holidays = z
  .array(z.strictObject({ date: z.iso.date(), hours: z.array(span).max(4) }))
  .max(100)
  .refine((dates) => new Set(dates.map(({ date }) => date)).size === dates.length, 'a date stands there twice');

export const publicShop = z.object({
  id,
  companyId: id,
  name: z.string(),
  location,
  contactInfo,
  operatingHours,
  holidays,
  currency: currency.nullable(),
  timezone: z.string().nullable(),
});

/** Parts of warehouses that are kept for a shop, in basis points of what is on hand of each sku. */
export const setAside = z
  .array(z.strictObject({ warehouseId: id, basisPoints: z.int().min(1).max(WHOLE_BASIS_POINTS) }))
  .max(50)
  .refine(
    (parts) => new Set(parts.map(({ warehouseId }) => warehouseId)).size === parts.length,
    'a warehouse stands there twice',
  );

export const staffShop = publicShop.extend({
  managerId: id.nullable(),
  staffIds: z.array(id),
  warehouseIds: z.array(id),
  setAside,
  isActive: z.boolean(),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
});

/** A shop as its company sees it, or the part that customers and guests see. */
export const shopView = z.union([staffShop, publicShop]);

/** What `viewPublicly` needs of a shop. */
export const PUBLIC_FIELDS = Object.keys(publicShop.omit({ id: true }).shape);

/** A shop as customers and guests see it. */
export function viewPublicly(shop: Shop): z.infer<typeof publicShop> {
  const { _id, companyId, name, location, contactInfo, operatingHours, currency: code, timezone } = shop;
  const hours = { operatingHours, holidays: shop.holidays?.map(({ date, hours }) => ({ date, hours: [...hours] })) ?? [] };
  return { id: _id, companyId, name, location, contactInfo, ...hours, currency: code, timezone };
}

/** A shop as those see it who work for the company. */
export function viewForStaff(shop: Shop): z.infer<typeof staffShop> {
  const { managerId, staffIds, warehouseIds, isActive, version, createdAt, updatedAt } = shop;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  const parts = { warehouseIds, setAside: shop.setAside ?? [] };
  return { ...viewPublicly(shop), managerId, staffIds, ...parts, isActive, version, ...times };
}

/** What a caller of this scope sees of a shop. */
export const viewFor = (scope: Scope) => (scope.kind === 'public' ? viewPublicly : viewForStaff);
