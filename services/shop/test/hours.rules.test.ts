import type { Holiday, Schedule, Span, WeeklyHours } from '../src/hours/hours.rules.ts';
import { DAYS, openingAt } from '../src/hours/hours.rules.ts';
import { firstInstantOf, localTime } from '../src/hours/zone.rules.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

const at = (text: string) => Date.parse(text);
const told = (schedule: Schedule, text: string) => {
  const { isOpen, since, until } = openingAt(schedule, at(text));
  const local = (instant: number | null) => instant && localTime(schedule.zone, instant);
  return { isOpen, since: local(since), until: local(until) };
};
const daily = (opens: string, closes: string): WeeklyHours[] => DAYS.map((day) => ({ day, opens, closes }));
const berlin = (weekly: WeeklyHours[], holidays: Holiday[] = []): Schedule => ({ zone: 'Europe/Berlin', weekly, holidays });

describe('a shop is open', () => {
  test('from its opening, that minute included, to its closing, excluded', () => {
    const shop = berlin([{ day: 'monday', opens: '09:00', closes: '18:00' }]);
    const open = { isOpen: true, since: '2026-06-01T09:00:00+02:00', until: '2026-06-01T18:00:00+02:00' };
    expect(told(shop, '2026-06-01T07:00:00Z')).toEqual(open);
    expect(told(shop, '2026-06-01T15:59:59Z')).toEqual(open);
    const closed = { isOpen: false, since: '2026-06-01T18:00:00+02:00', until: '2026-06-08T09:00:00+02:00' };
    expect(told(shop, '2026-06-01T16:00:00Z')).toEqual(closed);
    expect(told(shop, '2026-06-08T06:59:59Z')).toEqual(closed);
  });

  test('over midnight, and over the end of the week', () => {
    const shop = berlin([{ day: 'saturday', opens: '22:00', closes: '04:00' }]);
    const open = { isOpen: true, since: '2026-06-06T22:00:00+02:00', until: '2026-06-07T04:00:00+02:00' };
    expect(told(shop, '2026-06-07T01:59:00Z')).toEqual(open);
    expect(told(shop, '2026-06-07T02:00:00Z').isOpen).toBe(false);
  });

  test('through spans that touch or overlap', () => {
    const weekly: WeeklyHours[] = [
      { day: 'monday', opens: '12:00', closes: '14:00' },
      { day: 'monday', opens: '08:00', closes: '12:00' },
      { day: 'monday', opens: '13:00', closes: '13:30' },
    ];
    const open = { isOpen: true, since: '2026-06-01T08:00:00+02:00', until: '2026-06-01T14:00:00+02:00' };
    expect(told(berlin(weekly), '2026-06-01T11:00:00Z')).toEqual(open);
  });

  test('round the clock without an end, but for its holidays', () => {
    expect(told(berlin(daily('00:00', '00:00')), '2026-06-01T00:00:00Z')).toEqual({ isOpen: true, since: null, until: null });
    const shop = berlin(daily('00:00', '00:00'), [{ date: '2026-12-25', hours: [] }]);
    expect(told(shop, '2026-06-01T00:00:00Z')).toEqual({ isOpen: true, since: null, until: '2026-12-25T00:00:00+01:00' });
  });
});

describe('a holiday', () => {
  const shop = berlin(daily('20:00', '02:00'), [
    { date: '2026-12-24', hours: [{ opens: '10:00', closes: '13:00' }] },
    { date: '2026-12-25', hours: [] },
  ]);

  test('takes the place of the hours of its date, after which those of the day before end as they would', () => {
    expect(told(shop, '2026-12-24T00:30:00Z')).toMatchObject({ isOpen: true, until: '2026-12-24T02:00:00+01:00' });
    expect(told(shop, '2026-12-24T09:00:00Z')).toMatchObject({ isOpen: true, until: '2026-12-24T13:00:00+01:00' });
    const closed = { isOpen: false, since: '2026-12-24T13:00:00+01:00', until: '2026-12-26T20:00:00+01:00' };
    expect(told(shop, '2026-12-25T20:00:00Z')).toEqual(closed);
  });

  test('may be all that a shop is open for', () => {
    const fair = berlin([], [{ date: '2026-12-24', hours: [{ opens: '10:00', closes: '13:00' }] }]);
    expect(told(fair, '2026-06-01T00:00:00Z')).toEqual({ isOpen: false, since: null, until: '2026-12-24T10:00:00+01:00' });
    expect(told(fair, '2027-06-01T00:00:00Z')).toEqual({ isOpen: false, since: '2026-12-24T13:00:00+01:00', until: null });
  });
});

describe('when clocks change', () => {
  test('the hour that comes twice is two hours for whoever is open in it', () => {
    const shop = berlin([{ day: 'sunday', opens: '01:00', closes: '03:00' }]);
    const { since, until } = openingAt(shop, at('2026-10-25T00:30:00Z'));
    expect((Number(until) - Number(since)) / MINUTE_MS).toBe(180);
    const early = berlin([{ day: 'sunday', opens: '01:00', closes: '02:30' }]);
    expect(told(early, '2026-10-25T00:15:00Z')).toMatchObject({ isOpen: true, until: '2026-10-25T02:30:00+02:00' });
    expect(told(early, '2026-10-25T01:15:00Z').isOpen).toBe(false);
  });

  test('the hour that is left out shortens a span, and a span in it is none', () => {
    const shop = berlin([{ day: 'sunday', opens: '01:00', closes: '04:00' }]);
    const { since, until } = openingAt(shop, at('2026-03-29T00:30:00Z'));
    expect((Number(until) - Number(since)) / MINUTE_MS).toBe(120);
    const within = berlin([{ day: 'sunday', opens: '02:10', closes: '02:50' }]);
    const sunday = { isOpen: false, since: '2026-03-22T02:50:00+01:00', until: '2026-04-05T02:10:00+02:00' };
    expect(told(within, '2026-03-29T01:00:00Z')).toEqual(sunday);
    const half = berlin([{ day: 'sunday', opens: '02:30', closes: '03:30' }]);
    expect(told(half, '2026-03-29T01:00:00Z')).toMatchObject({ isOpen: true, since: '2026-03-29T03:00:00+02:00' });
  });

  test('a reading that a whole day is left out of stands for the day after', () => {
    expect(firstInstantOf('Pacific/Apia', at('2011-12-30T09:00:00Z'))).toBe(at('2011-12-30T10:00:00Z'));
  });
});

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Random = ReturnType<typeof randomFrom>;

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Times of day, half of them in the hours in which clocks change. */
const randomTime = (random: Random) => clock(random(2) ? random(DAY_MINUTES / 5) * 5 : random(60) * 5);
const randomSpan = (random: Random): Span => ({ opens: randomTime(random), closes: randomTime(random) });

function randomSchedule(zone: string, dates: readonly string[], random: Random): Schedule {
  const weekly = Array.from({ length: random(9) }, () => ({ day: DAYS[random(7)]!, ...randomSpan(random) }));
  const special = dates.filter(() => random(5) === 0);
  const holidays = special.map((date) => ({ date, hours: Array.from({ length: random(3) }, () => randomSpan(random)) }));
  return { zone, weekly, holidays };
}

interface Reading {
  /** Minutes since the epoch, and what clocks show of them at most so far, likewise. */
  minute: number;
  shown: number;
}

/** What the clocks of a zone show, minute by minute; while an hour is repeated, the last minute before it. */
function readingsOf(zone: string, from: number, days: number): Reading[] {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
  const readings: Reading[] = [];
  let shown = 0;
  for (let minute = from / MINUTE_MS; readings.length < days * DAY_MINUTES; minute += 1) {
    const read = new Map(format.formatToParts(minute * MINUTE_MS).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 0, day = 0, hour, min] = ['year', 'month', 'day', 'hour', 'minute'].map((name) =>
      read.get(name as Intl.DateTimeFormatPartTypes),
    );
    shown = Math.max(shown, Date.UTC(year, month - 1, day, hour, min) / MINUTE_MS);
    readings.push({ minute, shown });
  }
  return readings;
}

/** Whether any span of the day that is shown, or one over midnight of the day before, has the reading in it. */
function isOpenBy({ weekly, holidays }: Schedule, shown: number): boolean {
  const today = Math.floor(shown / DAY_MINUTES);
  const spansOf = (date: number) =>
    holidays.find((holiday) => Date.parse(holiday.date) / MINUTE_MS === date * DAY_MINUTES)?.hours ??
    weekly.filter(({ day }) => day === DAYS[new Date(date * DAY_MINUTES * MINUTE_MS).getUTCDay()]);
  const time = clock(shown % DAY_MINUTES);
  const overnight = ({ opens, closes }: Span) => closes <= opens;
  return (
    spansOf(today).some((span) => time >= span.opens && (overnight(span) || time < span.closes)) ||
    spansOf(today - 1).some((span) => overnight(span) && time < span.closes)
  );
}

const DAYS_LOOKED_AT = 6;
const changes: [string, string][] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['America/Santiago', '2026-09-06'],
  ['Africa/Cairo', '2026-10-30'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kathmandu', '2026-02-28'],
];

test.each(changes)('in %s about %s it is open at the minutes that a minute by minute look finds', (zone, date) => {
  const first = Date.parse(date) - (DAYS_LOOKED_AT / 2) * DAY_MINUTES * MINUTE_MS;
  const readings = readingsOf(zone, first, DAYS_LOOKED_AT);
  const dates = Array.from({ length: DAYS_LOOKED_AT }, (_, day) =>
    new Date(first + day * DAY_MINUTES * MINUTE_MS).toISOString().slice(0, 10),
  );
  const random = randomFrom(Date.parse(date) % 99_991);
  for (let round = 0; round < 12; round += 1) {
    const schedule = randomSchedule(zone, dates, random);
    const open = readings.map(({ shown }) => isOpenBy(schedule, shown));
    for (let look = 0; look < 10; look += 1) {
      const index = random(2) ? random(readings.length) : Math.floor(readings.length / 2) + random(2000) - 1000;
      const { minute = 0 } = readings[index] ?? {};
      const { isOpen, since, until } = openingAt(schedule, minute * MINUTE_MS + random(MINUTE_MS));
      const changesAfter = open.indexOf(!open[index], index);
      const changedBefore = open.lastIndexOf(!open[index], index);
      expect({ schedule, minute, isOpen }).toEqual({ schedule, minute, isOpen: open[index] });
      if (changesAfter >= 0) expect({ schedule, until }).toEqual({ schedule, until: readings[changesAfter]!.minute * MINUTE_MS });
      if (changedBefore >= 0)
        expect({ schedule, since }).toEqual({ schedule, since: readings[changedBefore + 1]!.minute * MINUTE_MS });
    }
  }
});
