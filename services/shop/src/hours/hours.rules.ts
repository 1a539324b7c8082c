import { firstInstantOf, wallTime } from './zone.rules.ts';

/** Times of day of one span, `HH:MM`; `closes` at or before `opens` means the next day, so that equal ones are a whole day. */
export interface Span {
  opens: string;
  closes: string;
}

export const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
export type Day = (typeof DAYS)[number];

export interface WeeklyHours extends Span {
  day: Day;
}

/** The hours of one date, which take the place of those of its day of the week; none: closed. */
export interface Holiday {
  /** `2026-12-24` */
  date: string;
  hours: readonly Span[];
}

/** When a shop is open. A span belongs to the date that it begins on: one that began the day before runs on into a holiday. */
export interface Schedule {
  /** A canonical name of the IANA database. */
  zone: string;
  weekly: readonly WeeklyHours[];
  holidays: readonly Holiday[];
}

/** Since when a shop has been open or closed, and until when it will be. Null: for longer than the calendar is looked at. */
export interface Opening {
  isOpen: boolean;
  since: number | null;
  until: number | null;
}

interface Interval {
  opens: number;
  closes: number;
}

const DAY_MS = 24 * 3_600_000;
/** A year and a month each way: the holidays of a year may be all the hours that a shop has. */
const MOST_DAYS = 400;
/** Intervals on either side that are looked at in instants. A change of clocks can swallow the spans of a day, which are fewer. */
const NEAR = 40;

/** Whether a shop is open at an instant, and between which changes that is. A repeated hour lasts two for whoever is open in it. */
export function openingAt(schedule: Schedule, at: number): Opening {
  const { zone } = schedule;
  const wall = wallTime(zone, at);
  const today = Math.floor(wall / DAY_MS) * DAY_MS;
  const horizon: Interval = { opens: today - MOST_DAYS * DAY_MS, closes: today + MOST_DAYS * DAY_MS };
  const intervals = intervalsNear(joined(spansWithin(schedule, horizon)), wall);
  const changes = joined(intervals.map((interval) => instantsOf(zone, interval)).filter(({ opens, closes }) => opens < closes));
  const known = (instant: number | undefined) =>
    instant === undefined || Math.abs(instant - at) >= (MOST_DAYS - 2) * DAY_MS ? null : instant;
  const now = changes.find(({ opens, closes }) => opens <= at && at < closes);
  if (now) return { isOpen: true, since: known(now.opens), until: known(now.closes) };
  const before = changes.findLast(({ closes }) => closes <= at);
  const after = changes.find(({ opens }) => opens > at);
  return { isOpen: false, since: known(before?.closes), until: known(after?.opens) };
}

/** All spans that begin on a date within the horizon, as readings of the shop's clocks, in their sequence. */
function spansWithin({ weekly, holidays }: Schedule, { opens: first, closes: last }: Interval): Interval[] {
  const special = new Map(holidays.map(({ date, hours }) => [Date.parse(date), hours]));
  const spans: Interval[] = [];
  for (let date = first; date < last; date += DAY_MS) {
    const day = DAYS[new Date(date).getUTCDay()];
    for (const span of special.get(date) ?? weekly.filter((hours) => hours.day === day)) spans.push(readingsOf(date, span));
  }
  return spans.sort((a, b) => a.opens - b.opens);
}

function readingsOf(date: number, span: Span): Interval {
  const [opens, closes] = [date + timeOf(span.opens), date + timeOf(span.closes)];
  return { opens, closes: closes > opens ? closes : closes + DAY_MS };
}

const timeOf = (time: string): number => Date.parse(`1970-01-01T${time}Z`);

/** The intervals with those joined that touch or overlap; they must be in their sequence. */
function joined(intervals: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  for (const { opens, closes } of intervals) {
    const last = found.at(-1);
    if (last && opens <= last.closes) last.closes = Math.max(last.closes, closes);
    else found.push({ opens, closes });
  }
  return found;
}

function intervalsNear(intervals: readonly Interval[], wall: number): Interval[] {
  const next = intervals.findIndex(({ closes }) => closes > wall);
  const middle = next < 0 ? intervals.length : next;
  return intervals.slice(Math.max(0, middle - NEAR), middle + NEAR);
}

const instantsOf = (zone: string, { opens, closes }: Interval): Interval => ({
  opens: firstInstantOf(zone, opens),
  closes: firstInstantOf(zone, closes),
});
