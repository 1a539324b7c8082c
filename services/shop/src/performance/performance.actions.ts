import type { Context, Tx } from '@souk/service-kit';
import { defineBatch, system } from '@souk/service-kit';
import { companies } from '../company.store.ts';
import { currencyUnknown, rangeInvalid } from '../errors.ts';
import { zoneOf } from '../hours/hours.actions.ts';
import { firstZone, localDate } from '../hours/zone.rules.ts';
import type { Shop } from '../shop.store.ts';
import { shops } from '../shop.store.ts';
import type { Addition, Fact, Shopkeeping, Sold } from './performance.rules.ts';
import { addDays, additionsOf, daysFrom, shownOf, summed } from './performance.rules.ts';
import { productDays, shopDays } from './performance.store.ts';

/** A year and a day, so that a leap year can be asked for. */
const MOST_DAYS = 366;
const DAYS_WITHOUT_A_BEGINNING = 30;
const MOST_PRODUCTS = 10;

/** The orders of a day fight over one document of their shop, so they are counted together. */
export const countFacts = defineBatch<Fact, null>('shop.count_performance', async (entries, tx) => {
  const facts = entries.map(({ request }) => request);
  const additions = additionsOf(facts, await shopsOf(tx, facts));
  await tx.in(shopDays).bulkWrite(additions.filter(({ place }) => place.productId === undefined).map(upsertOf));
  await tx.in(productDays).bulkWrite(additions.filter(({ place }) => place.productId !== undefined).map(upsertOf));
  return entries.map(() => ({ value: null }));
});

/** Counts a fact, if it is one that counts. */
export async function countFact(ctx: Context, fact: Fact | undefined): Promise<void> {
  if (fact) await ctx.batch(countFacts, fact);
}

const upsertOf = ({ key, place, by }: Addition) => ({
  updateOne: { filter: { _id: key }, update: { $setOnInsert: place, $inc: by }, upsert: true },
});

/** Shops that are gone count on: what was sold in them stays in their company's books until it is purged. */
async function shopsOf(tx: Tx, facts: readonly Fact[]): Promise<Map<string, Shopkeeping>> {
  const ids = [...new Set(facts.map(({ shopId }) => shopId))];
  const found = await tx.in(shops).find({ _id: { $in: ids } }, { fields: ['companyId', 'timezone'] });
  const companyIds = [...new Set(found.map(({ companyId }) => companyId))];
  const theirs = await tx.in(companies).find({ _id: { $in: companyIds } }, { fields: ['timezone'] });
  const zones = new Map(theirs.map(({ _id, timezone }) => [_id, timezone]));
  return new Map(
    found.map(({ _id, companyId, timezone }) => {
      const { zone } = firstZone(timezone, zones.get(companyId));
      return [_id, { companyId, dayOf: (at) => localDate(zone, Date.parse(at)) }];
    }),
  );
}

export interface Question {
  from?: string | undefined;
  to?: string | undefined;
  currency?: string | undefined;
}

/** What a shop has sold and earned, from one date to another, both included. Throws rangeInvalid, currencyUnknown. */
export async function reportPerformance(ctx: Context, shop: Shop, question: Question) {
  const { name, zone } = await zoneOf(ctx, shop);
  const { from, to } = rangeOf(question, localDate(zone, ctx.now().getTime()));
  const currency = question.currency ?? shop.currency ?? (await currencyOf(ctx, shop));
  const asked = { shopId: shop._id, currency, day: { $gte: from, $lte: to } };
  const [counted, topProducts] = await Promise.all([ctx.in(shopDays).find(asked), bestSellers(ctx, asked)]);
  const byDay = new Map(counted.map((figures) => [figures.day, figures]));
  const dates = Array.from({ length: daysFrom(from, to) }, (_, index) => addDays(from, index));
  const days = dates.map((day) => ({ day, ...shownOf(summed([byDay.get(day) ?? {}])) }));
  return { shopId: shop._id, from, to, timezone: name, currency, total: shownOf(summed(counted)), days, topProducts };
}

function rangeOf({ from, to }: Question, today: string): { from: string; to: string } {
  const end = to ?? (from !== undefined && from > today ? from : today);
  const range = { from: from ?? addDays(end, 1 - DAYS_WITHOUT_A_BEGINNING), to: end };
  const days = daysFrom(range.from, range.to);
  if (days < 1 || days > MOST_DAYS) throw rangeInvalid(`Ask for 1 to ${MOST_DAYS} days`);
  return range;
}

async function currencyOf(ctx: Context, { companyId }: Shop): Promise<string> {
  const company = await ctx.as(system('the currency of a company')).in(companies).findOne({ _id: companyId });
  if (company?.currency === undefined) throw currencyUnknown();
  return company.currency;
}

/** Products of which as much was cancelled as was sold are left out. */
async function bestSellers(ctx: Context, asked: Record<string, unknown>): Promise<Sold[]> {
  const found = await ctx
    .in(productDays)
    .aggregate<Omit<Sold, 'productId'> & { _id: string }>([
      { $match: asked },
      { $group: { _id: '$productId', units: { $sum: '$units' }, revenue: { $sum: '$revenue' } } },
      { $match: { units: { $gt: 0 } } },
      { $sort: { revenue: -1, _id: 1 } },
      { $limit: MOST_PRODUCTS },
    ]);
  return found.map(({ _id, units, revenue }) => ({ productId: _id, units, revenue }));
}
