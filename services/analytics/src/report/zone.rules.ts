import { canonicalZone } from '@souk/contracts';

/** The name that figures are reckoned by in the zone that is called `name`; UTC where none is, or no zone is called so. */
export const zoneNamed = (name = 'UTC'): string => canonicalZone(name) ?? 'UTC';

/** By the one name of each zone (`canonicalZone`): clients may write a name in more ways than can be kept. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

/** What clocks in `zone` show at an instant, as the milliseconds of the same reading in UTC. */
export function wallTime(zone: string, at: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const read = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
}

const HALF_A_DAY_AND_MORE = 15 * 3_600_000;

/**
 * The first instant at which clocks in `zone` show `wall`. A reading that is left out when clocks go forward stands for the moment they
 * do so: a day without a midnight begins with its first minute.
 */
export function instantOf(zone: string, wall: number): number {
  const offsetAt = (at: number) => wallTime(zone, at) - at;
  const before = wall - offsetAt(wall - HALF_A_DAY_AND_MORE);
  const after = wall - offsetAt(wall + HALF_A_DAY_AND_MORE);
  const shown = [before, after].filter((at) => wallTime(zone, at) === wall);
  return shown.length > 0 ? Math.min(...shown) : before;
}

/** The date that calendars in `zone` show at an instant: `2026-11-02`. */
export const localDate = (zone: string, at: number): string => new Date(wallTime(zone, at)).toISOString().slice(0, 10);

/** Date and time of clocks in `zone`, to the minute: `2026-11-02T09:00`. */
export const localMinute = (zone: string, at: number): string => new Date(wallTime(zone, at)).toISOString().slice(0, 16);
