import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { companies } from '../company.store.ts';
import type { Shop } from '../shop.store.ts';
import { openingAt } from './hours.rules.ts';
import type { Zone } from './zone.rules.ts';
import { firstZone, localTime } from './zone.rules.ts';

/** The zone by whose clocks a shop keeps: its own, its company's, or UTC while neither is known. */
export async function zoneOf(ctx: Context, { timezone, companyId }: Shop): Promise<Zone> {
  if (timezone !== null) return firstZone(timezone);
  const company = await ctx.as(system('the zone of a company')).in(companies).findOne({ _id: companyId });
  return firstZone(company?.timezone);
}

/** Whether a shop is open at an instant, since when, and until when. A shop that says no hours is neither open nor closed. */
export async function describeOpening(ctx: Context, shop: Shop, at: Date) {
  const { name, zone } = await zoneOf(ctx, shop);
  const { operatingHours: weekly, holidays = [], isActive } = shop;
  const moment = (instant: number | null) =>
    instant === null ? null : { at: new Date(instant).toISOString(), local: localTime(zone, instant) };
  const asked = { shopId: shop._id, timezone: name, at: at.toISOString(), local: localTime(zone, at.getTime()) };
  if (!isActive) return { ...asked, isOpen: false, since: null, until: null };
  if (weekly.length === 0 && holidays.length === 0) return { ...asked, isOpen: null, since: null, until: null };
  const { isOpen, since, until } = openingAt({ zone, weekly, holidays }, at.getTime());
  return { ...asked, isOpen, since: moment(since), until: moment(until) };
}
