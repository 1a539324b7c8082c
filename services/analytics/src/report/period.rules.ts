import { BUCKET_MS } from '../order/movement.rules.ts';
import { instantOf, wallTime } from './zone.rules.ts';

export const INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Shortest length of each, to tell in advance how many points a range has at most. */
const SHORTEST_MS: Record<Interval, number> = {
  hour: HOUR_MS,
  day: 23 * HOUR_MS,
  week: 7 * DAY_MS - HOUR_MS,
  month: 28 * DAY_MS - HOUR_MS,
};

/** Midnight, as a clock's reading, of the first day of the period that a reading lies in. Weeks begin on Mondays (ISO 8601). */
function firstDay(interval: Exclude<Interval, 'hour'>, wall: number): number {
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS;
  const date = new Date(midnight);
  if (interval === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  return interval === 'week' ? midnight - ((date.getUTCDay() + 6) % 7) * DAY_MS : midnight;
}

/** When the hour, day, week or month of `zone` began that an instant lies in. */
export function startOf(interval: Interval, zone: string, at: number): number {
  const wall = wallTime(zone, at);
  if (interval !== 'hour') return instantOf(zone, firstDay(interval, wall));
  return Math.floor(at / 1000) * 1000 - (wall % HOUR_MS);
}

/** When the period after the one that began at `start` begins. */
export function nextStart(interval: Interval, zone: string, start: number): number {
  if (interval === 'hour') {
    const next = startOf('hour', zone, start + HOUR_MS);
    return next > start ? next : start + HOUR_MS;
  }
  const first = new Date(firstDay(interval, wallTime(zone, start)));
  if (interval === 'month') return instantOf(zone, Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
  return instantOf(zone, first.getTime() + (interval === 'week' ? 7 : 1) * DAY_MS);
}

export interface Range {
  /** Included. */
  from: number;
  /** Excluded. */
  to: number;
}

/** At most how many periods a range has. */
export const mostPeriods = (interval: Interval, { from, to }: Range): number =>
  Math.ceil((to - from) / SHORTEST_MS[interval]) + 1;

/** How many quarter hours a range has. */
export const mostBuckets = ({ from, to }: Range): number => Math.ceil((to - from) / BUCKET_MS);

/** Beginnings of all periods that a range touches; the first may lie before it. */
export function periodsOf(interval: Interval, zone: string, { from, to }: Range): number[] {
  const starts: number[] = [];
  for (let start = startOf(interval, zone, from); start < to; start = nextStart(interval, zone, start)) starts.push(start);
  return starts;
}

const isDate = (text: string): boolean => text.length === 10;

/**
 * The range that a client asks for in `zone`. A date is all of that day, also as the end; an instant is rounded outwards to quarter
 * hours, as an end it is excluded. Without an end it is today's, without a beginning it is thirty days before the end.
 */
export function rangeOf(asked: { from?: string | undefined; to?: string | undefined }, zone: string, now: Date): Range {
  const dayOf = (date: string) => instantOf(zone, Date.parse(date));
  const end = (): number => {
    if (asked.to === undefined) return nextStart('day', zone, startOf('day', zone, now.getTime()));
    return isDate(asked.to) ? nextStart('day', zone, dayOf(asked.to)) : Math.ceil(Date.parse(asked.to) / BUCKET_MS) * BUCKET_MS;
  };
  const to = end();
  if (asked.from === undefined) return { from: instantOf(zone, firstDay('day', wallTime(zone, to - 1)) - 29 * DAY_MS), to };
  return { from: isDate(asked.from) ? dayOf(asked.from) : Math.floor(Date.parse(asked.from) / BUCKET_MS) * BUCKET_MS, to };
}

/** The range before, as long by the clocks and calendar of `zone`: seven days before seven days, whatever daylight saving does. */
export function rangeBefore({ from, to }: Range, zone: string): Range {
  const length = wallTime(zone, to) - wallTime(zone, from);
  return { from: instantOf(zone, wallTime(zone, from) - length), to: from };
}

/** A range as it stands in answers. */
export const asInstants = ({ from, to }: Range) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
