import type { OrderState, Sale } from './order.rules.ts';

/** The sums that are kept, in minor units and pieces. */
export const FIGURES = ['orders', 'units', 'gross', 'discount', 'tax', 'shipping', 'refunds', 'cancelled'] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Record<Figure, number>;

export const ZERO: Figures = { orders: 0, units: 0, gross: 0, discount: 0, tax: 0, shipping: 0, refunds: 0, cancelled: 0 };

/** Sums are kept by quarter hours: every zone's days, offsets of 30 and 45 minutes included, begin and end with one. */
export const BUCKET_MS = 15 * 60_000;
export const bucketOf = (at: Date): number => Math.floor(at.getTime() / BUCKET_MS) * BUCKET_MS;

/** Where a movement is counted; `productId` for those of products. */
export interface Place {
  companyId: string;
  shopId: string;
  currency: string;
  /** Beginning of the quarter hour, in milliseconds. */
  bucket: number;
  productId?: string;
}

export type Change = Partial<Record<Figure | 'revenue', number>>;

export interface Movement {
  place: Place;
  change: Change;
}

/** All that an order counts for. A cancelled one keeps its place in the sales of its day, but sold no product. */
export function movementsOf({ sale, cancelledAt, refunds }: OrderState): Movement[] {
  if (!sale) return [];
  const { units, gross, discount, tax, shipping } = sale;
  const given = refunds.map(({ amount, at }) => ({ place: placeOf(sale, at), change: { refunds: amount } }));
  const sold = { place: placeOf(sale, sale.placedAt), change: { orders: 1, units, gross, discount, tax, shipping } };
  if (!cancelledAt) return [sold, ...given, ...productMovements(sale)];
  const left = Math.max(0, gross - refunds.reduce((sum, { amount }) => sum + amount, 0));
  return [sold, ...given, { place: placeOf(sale, cancelledAt), change: { refunds: left, cancelled: 1 } }];
}

const placeOf = ({ companyId, shopId, currency }: Sale, at: Date): Place => ({
  companyId,
  shopId,
  currency,
  bucket: bucketOf(at),
});

function productMovements(sale: Sale): Movement[] {
  return sale.products.map(({ productId, units, revenue }) => ({
    place: { ...placeOf(sale, sale.placedAt), productId },
    change: { orders: 1, units, revenue },
  }));
}

/** One name for each place. */
export const placeName = ({ shopId, currency, bucket, productId }: Place): string =>
  [shopId, currency, bucket, ...(productId === undefined ? [] : [productId])].join(':');

/** What has to be added when orders went from one state to another: one movement for each place, without those that change nothing. */
export function differenceOf(changed: readonly { before: OrderState; after: OrderState }[]): Movement[] {
  const sums = new Map<string, Movement>();
  const add = (movements: readonly Movement[], sign: 1 | -1) => {
    for (const { place, change } of movements) {
      const sum = sums.get(placeName(place)) ?? { place, change: {} };
      sums.set(placeName(place), { place, change: added(sum.change, change, sign) });
    }
  };
  for (const { before, after } of changed) {
    add(movementsOf(after), 1);
    add(movementsOf(before), -1);
  }
  return [...sums.values()].flatMap(({ place, change }) => {
    const moved = Object.entries(change).filter(([, amount]) => amount !== 0);
    return moved.length > 0 ? [{ place, change: Object.fromEntries(moved) }] : [];
  });
}

function added(sum: Change, change: Change, sign: 1 | -1): Change {
  const names = Object.keys({ ...sum, ...change }) as (keyof Change)[];
  return Object.fromEntries(names.map((name) => [name, (sum[name] ?? 0) + sign * (change[name] ?? 0)]));
}
