import { currency, id, instant, taxZone } from '@souk/contracts';
import type { Scope } from '@souk/service-kit';
import { z } from 'zod';
import type { Shop } from './shop.store.ts';

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

export const operatingHours = z
  .array(
    z.strictObject({
      day: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
      opens: timeOfDay,
      closes: timeOfDay,
    }),
  )
  .max(28);

export const publicShop = z.object({
  id,
  companyId: id,
  name: z.string(),
  location,
  contactInfo,
  operatingHours,
  currency: currency.nullable(),
  timezone: z.string().nullable(),
});

export const staffShop = publicShop.extend({
  managerId: id.nullable(),
  staffIds: z.array(id),
  warehouseIds: z.array(id),
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
  return { id: _id, companyId, name, location, contactInfo, operatingHours, currency: code, timezone };
}

/** A shop as those see it who work for the company. */
export function viewForStaff(shop: Shop): z.infer<typeof staffShop> {
  const { managerId, staffIds, warehouseIds, isActive, version, createdAt, updatedAt } = shop;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { ...viewPublicly(shop), managerId, staffIds, warehouseIds, isActive, version, ...times };
}

/** What a caller of this scope sees of a shop. */
export const viewFor = (scope: Scope) => (scope.kind === 'public' ? viewPublicly : viewForStaff);
