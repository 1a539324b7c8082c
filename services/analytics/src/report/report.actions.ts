import type { Context } from '@souk/service-kit';
import { companyAsked, notFound } from '@souk/service-kit';
import { currencyUnknown, rangeInvalid, rangeTooLong } from '../errors.ts';
import { findCompany } from '../reference/company.store.ts';
import { namesOf } from '../reference/product.store.ts';
import { figuresOf, pointsOf } from './figure.rules.ts';
import type { Interval, Range } from './period.rules.ts';
import { asInstants, mostBuckets, mostPeriods, nextStart, periodsOf, rangeBefore, rangeOf, startOf } from './period.rules.ts';
import type { Asked } from './sum.store.ts';
import { bestSellers, sumRollups } from './sum.store.ts';
import { localMinute, zoneNamed } from './zone.rules.ts';

/** More points than a chart can show. */
const MOST_POINTS = 1_500;
/** Quarter hours that one answer may be summed up of: between five and six years. */
const MOST_BUCKETS = 200_000;
const BEST = 5;

export interface Question {
  from?: string | undefined;
  to?: string | undefined;
  timezone?: string | undefined;
  currency?: string | undefined;
  companyId?: string | undefined;
  shopId?: string | undefined;
  compare?: 'previous' | undefined;
}

interface Settled {
  asked: Asked;
  /** As it was named. */
  timezone: string;
  /** The one name that it has here. */
  zone: string;
}

/** Settles what a question leaves open by the company it is about. Throws 404 for a company or shop that the caller does not reach. */
async function settle(ctx: Context, question: Question): Promise<Settled> {
  const { scope } = ctx;
  const { shopId } = question;
  const companyId = companyAsked(ctx, question.companyId);
  if (scope.kind === 'shops' && shopId !== undefined && !scope.shopIds.includes(shopId)) throw notFound();
  const company = companyId === undefined ? null : await findCompany(ctx, companyId);
  const timezone = question.timezone ?? company?.timezone ?? 'UTC';
  const currency = question.currency ?? company?.currency;
  if (currency === undefined) throw currencyUnknown();
  const zone = zoneNamed(timezone);
  const range = rangeOf(question, zone, ctx.now());
  if (range.from >= range.to) throw rangeInvalid();
  return { asked: { companyId, shopId, currency, ...range }, timezone, zone };
}

const described = ({ asked, timezone }: Settled) => ({ ...asInstants(asked), timezone, currency: asked.currency });

/** Sales over time. Throws `analytics.range_too_long` when the chart would have too many points. */
export async function salesReport(ctx: Context, question: Question & { interval: Interval }) {
  const settled = await settle(ctx, question);
  const { asked, zone } = settled;
  const { interval } = question;
  if (mostPeriods(interval, asked) > MOST_POINTS || mostBuckets(asked) > MOST_BUCKETS) throw rangeTooLong();
  const before = question.compare && rangeBefore(asked, zone);
  return {
    ...described(settled),
    interval,
    ...(await series(ctx, { asked, zone, interval })),
    ...(before && {
      previous: { ...asInstants(before), ...(await series(ctx, { asked: { ...asked, ...before }, zone, interval })) },
    }),
  };
}

type Series = Pick<Settled, 'asked' | 'zone'> & { interval: Interval };

async function series(ctx: Context, { asked, zone, interval }: Series) {
  const sums = await sumRollups(ctx, { ...asked, by: 'at' });
  const starts = periodsOf(interval, zone, asked);
  const points = pointsOf(
    starts,
    sums.map((sum) => ({ ...sum, at: sum._id })),
  );
  return {
    total: figuresOf(sums),
    points: points.map(({ start, figures }) => ({
      start: new Date(start).toISOString(),
      local: localMinute(zone, start),
      ...figures,
    })),
  };
}

/** A company's or shop's figures on one page: the span, the one before if asked, today, the shops and what sells best. */
export async function dashboard(ctx: Context, question: Question) {
  const settled = await settle(ctx, question);
  const { asked, zone } = settled;
  const startOfToday = startOf('day', zone, ctx.now().getTime());
  const today = { from: startOfToday, to: nextStart('day', zone, startOfToday) };
  const before = question.compare && rangeBefore(asked, zone);
  const totalOf = async (range: Range) => figuresOf(await sumRollups(ctx, { ...asked, ...range, by: 'currency' }));
  const shops = await sumRollups(ctx, { ...asked, by: 'shopId' });
  return {
    ...described(settled),
    total: figuresOf(shops),
    ...(before && { previous: { ...asInstants(before), total: await totalOf(before) } }),
    today: await totalOf(today),
    shops: shops
      .map((sum) => ({ shopId: sum._id, ...figuresOf([sum]) }))
      .sort((a, b) => b.gross - a.gross || (a.shopId < b.shopId ? -1 : 1)),
    bestSellers: await named(ctx, { ...asked, sort: 'revenue', limit: BEST }),
  };
}

/** What sold best, with the names that the catalogue uses now. */
export async function productReport(ctx: Context, question: Question & { sort: 'units' | 'revenue'; limit: number }) {
  const settled = await settle(ctx, question);
  return { ...described(settled), data: await named(ctx, { ...settled.asked, sort: question.sort, limit: question.limit }) };
}

async function named(ctx: Context, asked: Parameters<typeof bestSellers>[1]) {
  const found = await bestSellers(ctx, asked);
  const names = await namesOf(
    ctx,
    found.map(({ _id }) => _id),
  );
  return found.map(({ _id, ...sums }) => ({ productId: _id, name: names.get(_id) ?? null, ...sums }));
}
