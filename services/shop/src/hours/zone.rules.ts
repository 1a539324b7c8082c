import { canonicalZone } from '@souk/contracts';

/** A time zone as somebody named it, and by the one name that it has here. */
export interface Zone {
  name: string;
  zone: string;
}

/** The first of these names that is one, or UTC. */
export function firstZone(...names: (string | null | undefined)[]): Zone {
  for (const name of names) {
    const zone = name ? canonicalZone(name) : undefined;
    if (name && zone !== undefined) return { name, zone };
  }
  return { name: 'UTC', zone: 'UTC' };
}

/** By the one name of each zone: clients may write a name in more ways than can be kept. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The Swedish way to write a date and time is ISO 8601: `2026-11-02 09:00:00`. */
function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(zone, made);
  return made;
}

/** What clocks in `zone` show at an instant, as the milliseconds of the same reading in UTC. `zone` is a canonical name. */
export const wallTime = (zone: string, at: number): number => Date.parse(`${formatIn(zone).format(at).replace(' ', 'T')}Z`);

/** The date that calendars in `zone` show at an instant: `2026-11-02`. */
export const localDate = (zone: string, at: number): string => formatIn(zone).format(at).slice(0, 10);

/** Date, time and offset of clocks in `zone`, as RFC 3339 writes them: `2026-11-02T09:00:00+01:00`. */
export function localTime(zone: string, at: number): string {
  const wall = wallTime(zone, at);
  const minutes = Math.round((wall - at) / 60_000);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const offset = `${twoDigits(Math.floor(Math.abs(minutes) / 60))}:${twoDigits(Math.abs(minutes) % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 19)}${minutes < 0 ? '-' : '+'}${offset}`;
}

const MORE_THAN_ANY_OFFSET_MS = 26 * 3_600_000;

/**
 * The first instant at which clocks in `zone` show `wall` or something later. Of a reading that comes twice, in the hour that is
 * repeated in autumn, that is the first time; one that is left out in spring stands for the moment at which it is left out.
 */
export function firstInstantOf(zone: string, wall: number): number {
  const offsetAt = (at: number) => wallTime(zone, at) - at;
  const guesses = [wall - offsetAt(wall - MORE_THAN_ANY_OFFSET_MS), wall - offsetAt(wall + MORE_THAN_ANY_OFFSET_MS)];
  const shown = guesses.filter((at) => wallTime(zone, at) === wall);
  if (shown.length > 0) return Math.min(...shown);
  let [before, after] = [wall - MORE_THAN_ANY_OFFSET_MS, wall + MORE_THAN_ANY_OFFSET_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallTime(zone, middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}
