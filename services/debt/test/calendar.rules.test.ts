import { addDays, dayIn, daysBetween, isTimezone, startOfDay } from '../src/debt/calendar.rules.ts';

it.each([
  ['2026-11-02T04:59:00Z', 'America/New_York', '2026-11-01'],
  ['2026-11-02T05:00:00Z', 'America/New_York', '2026-11-02'],
  ['2026-11-02T10:30:00Z', 'Pacific/Kiritimati', '2026-11-03'],
  ['2026-11-02T18:29:00Z', 'Asia/Kolkata', '2026-11-02'],
])('at %s it is in %s the %s', (at, timezone, day) => {
  expect(dayIn(new Date(at), timezone)).toBe(day);
});

it.each([
  ['2026-11-02', 'UTC', '2026-11-02T00:00:00.000Z'],
  ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
  ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-11-02', 'Asia/Kathmandu', '2026-11-01T18:15:00.000Z'],
  ['2026-11-02', 'Pacific/Kiritimati', '2026-11-01T10:00:00.000Z'],
  // Midnight is skipped there when summer time begins.
  ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
])('%s begins in %s at %s', (day, timezone, at) => {
  expect(startOfDay(day, timezone).toISOString()).toBe(at);
});

it('begins a day in every zone where it says it does, all through a year', () => {
  for (const timezone of Intl.supportedValuesOf('timeZone').filter((_, index) => index % 7 === 0)) {
    for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 5)) {
      const start = startOfDay(day, timezone);
      expect([timezone, dayIn(start, timezone)]).toEqual([timezone, day]);
      expect(dayIn(new Date(start.getTime() - 1), timezone) < day).toBe(true);
    }
  }
});

it('counts days over months, leap years and backwards', () => {
  expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
  expect(addDays('2026-03-02', -3)).toBe('2026-02-27');
  expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
  expect(daysBetween('2026-11-02', '2026-10-31')).toBe(-2);
});

it('knows a time zone from a word', () => {
  expect([isTimezone('Europe/Berlin'), isTimezone('Middle/Earth')]).toEqual([true, false]);
});
