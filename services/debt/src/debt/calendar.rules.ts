const DAY_MS = 24 * 3600 * 1000;
const HOUR_MS = 3600 * 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timezone, format);
  return format;
}

/** What a clock on the wall shows, as `2026-11-02 09:00:00`: the Swedish way to write it is ISO 8601. */
const wallTime = (at: Date, timezone: string): string => formatIn(timezone).format(at);

/** The date in an IANA time zone, as `2026-11-02`. Throws RangeError for a zone that is none. */
export const dayIn = (at: Date, timezone: string): string => wallTime(at, timezone).slice(0, 10);

export const addDays = (day: string, count: number): string =>
  new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);

/** Whole days from one date to another; negative when the second is the earlier one. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** The moment when a day begins in a time zone; where the clocks skip midnight, the first moment after it. */
export function startOfDay(day: string, timezone: string): Date {
  const offsetAt = (ms: number): number => Date.parse(`${wallTime(new Date(ms), timezone).replace(' ', 'T')}Z`) - ms;
  const midnight = Date.parse(day);
  // The offset of a first guess may be that of the other side of a change of clocks, so it is taken twice.
  const guess = midnight - offsetAt(midnight);
  const start = midnight - offsetAt(guess);
  return new Date(dayIn(new Date(start), timezone) < day ? start + HOUR_MS : start);
}

/** Whether this machine's calendar knows a time zone. */
export function isTimezone(name: string): boolean {
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}
