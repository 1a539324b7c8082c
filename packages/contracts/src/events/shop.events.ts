import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { basisPoints, currency } from '../money.ts';
import { ids, moments } from './examples.ts';
import { at, country, state, timezone } from './shapes.ts';

const producer = 'shop';

/**
 * `warehouseIds` in the sequence in which they serve the shop; `setAside` says how much of each sku in some of them is kept for it, in
 * basis points of what is on hand. Without a currency or time zone the company's is meant.
 */
const shop = z.object({
  shopId: id,
  companyId: id,
  name: z.string().min(1),
  currency: currency.optional(),
  timezone: timezone.optional(),
  country: country.optional(),
  state: state.optional(),
  managerId: id.optional(),
  isActive: z.boolean(),
  warehouseIds: z.array(id),
  setAside: z.array(z.object({ warehouseId: id, basisPoints })).optional(),
  at,
});
const corner = {
  shopId: ids.shop,
  companyId: ids.company,
  name: 'Corner Shop',
  currency: 'USD',
  timezone: 'America/New_York',
  country: 'US',
  state: 'NY',
  managerId: ids.manager,
  isActive: true,
  warehouseIds: [ids.warehouse, ids.otherWarehouse],
  at: moments.placed,
};

export const shopCreated = defineEvent({
  type: 'shop.created',
  producer,
  when: 'A shop was added to a company.',
  schema: shop,
  example: corner,
});

export const shopUpdated = defineEvent({
  type: 'shop.updated',
  producer,
  when: 'Anything of a shop changed, its warehouses, hours or manager included; it carries the shop as it is now.',
  schema: shop,
  example: {
    ...corner,
    warehouseIds: [ids.otherWarehouse, ids.warehouse],
    setAside: [{ warehouseId: ids.warehouse, basisPoints: 2_500 }],
  },
});

export const shopDeleted = defineEvent({
  type: 'shop.deleted',
  producer,
  when: 'A shop was deleted: it takes no more orders and its staff lose it.',
  schema: z.object({ shopId: id, companyId: id, at }),
  example: { shopId: ids.shop, companyId: ids.company, at: moments.placed },
});

const staffing = z.object({ shopId: id, companyId: id, userId: id, role: z.enum(['shop_manager', 'shop_staff']), at });

export const shopStaffAssigned = defineEvent({
  type: 'shop.staff_assigned',
  producer,
  when: 'A user was given to a shop as its manager or staff.',
  schema: staffing,
  example: { shopId: ids.shop, companyId: ids.company, userId: ids.manager, role: 'shop_manager', at: moments.placed },
});

export const shopStaffRemoved = defineEvent({
  type: 'shop.staff_removed',
  producer,
  when: 'A user no longer works in a shop.',
  schema: staffing,
  example: { shopId: ids.shop, companyId: ids.company, userId: ids.manager, role: 'shop_manager', at: moments.paid },
});
