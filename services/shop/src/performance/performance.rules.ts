import type { EventData, orderCancelled, orderConfirmed, paymentRefunded, paymentSuccess } from '@souk/contracts';

/**
 * What counts for a shop. An order counts on the day it was placed once it is confirmed, with the value it was confirmed with; its
 * cancellation counts on the day it is cancelled. Revenue is the money that came in less the money that went back, each on its own day.
 * So every fact stands alone: the sums are the same in whatever sequence they come, and no day is ever taken back.
 */
export const FIGURES = ['orders', 'value', 'cancelled', 'captured', 'refunded'] as const;
export type Figures = Record<(typeof FIGURES)[number], number>;

export interface Sold {
  productId: string;
  units: number;
  revenue: number;
}

/** What one event adds. */
export interface Fact {
  shopId: string;
  currency: string;
  at: string;
  figures: Partial<Figures>;
  /** Negative where an order was cancelled. */
  sold: readonly Sold[];
}

export function confirmedFact(order: EventData<typeof orderConfirmed>): Fact {
  const { shopId, currency, placedAt: at, total, lines } = order;
  return { shopId, currency, at, figures: { orders: 1, value: total }, sold: soldOf(lines, 1) };
}

/** Undefined for an order that never was confirmed: it has not counted. */
export function cancelledFact(order: EventData<typeof orderCancelled>): Fact | undefined {
  const { shopId, currency, at, confirmed, lines } = order;
  return confirmed ? { shopId, currency, at, figures: { cancelled: 1 }, sold: soldOf(lines, -1) } : undefined;
}

/** Undefined for what is no order of a shop: a debt that is paid was revenue when its order was taken on account. */
export function capturedFact(payment: EventData<typeof paymentSuccess>): Fact | undefined {
  const { orderId, shopId, currency, capturedAt: at, amount } = payment;
  return orderId === undefined || shopId === undefined
    ? undefined
    : { shopId, currency, at, figures: { captured: amount }, sold: [] };
}

/** Likewise; `at` is when the event happened, which carries no moment of its own. */
export function refundedFact(payment: EventData<typeof paymentRefunded>, at: string): Fact | undefined {
  const { orderId, shopId, currency, refundAmount } = payment;
  return orderId === undefined || shopId === undefined
    ? undefined
    : { shopId, currency, at, figures: { refunded: refundAmount }, sold: [] };
}

function soldOf(lines: EventData<typeof orderConfirmed>['lines'], sign: 1 | -1): Sold[] {
  return lines.map(({ productId, quantity, total }) => ({ productId, units: sign * quantity, revenue: sign * total }));
}

interface Place {
  companyId: string;
  shopId: string;
  currency: string;
  /** `2026-11-02`, by the calendar of the shop. */
  day: string;
}

/** What has to be added to the sums of one day, or of a product on one day. */
export interface Addition {
  key: string;
  place: Place & { productId?: string };
  by: Record<string, number>;
}

export interface Shopkeeping {
  companyId: string;
  dayOf(at: string): string;
}

/** The additions of several facts, one for each day and each product of a day. Facts of unknown shops count nowhere. */
export function additionsOf(facts: readonly Fact[], shops: ReadonlyMap<string, Shopkeeping>): Addition[] {
  const additions = new Map<string, Addition>();
  const add = (place: Addition['place'], by: Record<string, number>) => {
    const { shopId, currency, day, productId } = place;
    const key = [shopId, currency, day, ...(productId === undefined ? [] : [productId])].join(':');
    const known = additions.get(key) ?? { key, place, by: {} };
    for (const [name, amount] of Object.entries(by)) known.by[name] = (known.by[name] ?? 0) + amount;
    additions.set(key, known);
  };
  for (const { shopId, currency, at, figures, sold } of facts) {
    const shop = shops.get(shopId);
    if (!shop) continue;
    const place = { companyId: shop.companyId, shopId, currency, day: shop.dayOf(at) };
    add(place, figures);
    for (const { productId, ...by } of sold) add({ ...place, productId }, by);
  }
  return [...additions.values()];
}

const DAY_MS = 24 * 3_600_000;

/** How many dates there are from one to another, both included; less than one when they stand the wrong way round. */
export const daysFrom = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;

/** The date that is `count` days after another; before it with a negative one. */
export const addDays = (date: string, count: number): string =>
  new Date(Date.parse(date) + count * DAY_MS).toISOString().slice(0, 10);

/** Figures as they are shown; the average value is rounded half up, null without an order. */
export function shownOf({ orders, value, cancelled, captured, refunded }: Figures) {
  const rest = value % orders;
  const averageValue = orders === 0 ? null : (value - rest) / orders + (2 * rest >= orders ? 1 : 0);
  return { orders, cancelled, value, averageValue, captured, refunded, revenue: captured - refunded };
}

/** The sums of several days. */
export function summed(days: readonly Partial<Figures>[]): Figures {
  const total = { orders: 0, value: 0, cancelled: 0, captured: 0, refunded: 0 };
  for (const day of days) for (const name of FIGURES) total[name] += day[name] ?? 0;
  return total;
}
