export interface Period {
  start: Date;
  end: Date;
}

const SECOND_MS = 1_000;

/**
 * What of `amount` minor units falls on the rest of a period: amount x seconds left / seconds of the period, rounded half to even. It is
 * how Stripe prorates (docs.stripe.com/billing/subscriptions/prorations: to the second), in integers throughout. What has been used is
 * `amount` less this, so that both together are `amount` to the cent. Nothing is left after the end, and all of it before the start.
 */
export function unusedPart(amount: number, { start, end }: Period, now: Date): number {
  const whole = secondsBetween(start, end);
  const left = Math.min(Math.max(secondsBetween(now, end), 0), whole);
  return whole === 0 ? 0 : divideHalfEven(BigInt(amount) * BigInt(left), BigInt(whole));
}

const secondsBetween = (from: Date, to: Date): number =>
  Math.floor(to.getTime() / SECOND_MS) - Math.floor(from.getTime() / SECOND_MS);

/** Of two numbers that are not negative. */
function divideHalfEven(dividend: bigint, divisor: bigint): number {
  const floor = dividend / divisor;
  const twice = 2n * (dividend % divisor);
  const isUp = twice > divisor || (twice === divisor && floor % 2n === 1n);
  return Number(isUp ? floor + 1n : floor);
}

/**
 * The moment `count` months or years after `anchor`, at its time of day in UTC; a month that is too short ends it on its last day.
 * Counted from the anchor each time, so that what began on the 31st comes back to the 31st.
 */
export function afterCycles(anchor: Date, count: number, cycle: 'month' | 'year'): Date {
  const months = anchor.getUTCMonth() + count * (cycle === 'year' ? 12 : 1);
  const moment = new Date(anchor);
  moment.setUTCMonth(months, 1);
  const lastDay = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
  moment.setUTCDate(Math.min(anchor.getUTCDate(), lastDay));
  return moment;
}
