import { figuresOf, pointsOf } from '../src/report/figure.rules.ts';
import type { Interval } from '../src/report/period.rules.ts';
import { nextStart, periodsOf, rangeBefore, rangeOf, startOf } from '../src/report/period.rules.ts';
import { instantOf, localDate, localMinute, wallTime, zoneNamed } from '../src/report/zone.rules.ts';

const at = (text: string) => Date.parse(text);
const text = (instant: number) => new Date(instant).toISOString().slice(0, 16);

describe('time zones', () => {
  it.each([
    ['UTC', '2026-11-02T09:00Z', '2026-11-02T09:00'],
    ['America/New_York', '2026-11-01T05:30Z', '2026-11-01T01:30'],
    ['America/New_York', '2026-11-01T06:30Z', '2026-11-01T01:30'],
    ['Asia/Kathmandu', '2026-11-02T00:00Z', '2026-11-02T05:45'],
    ['Asia/Kolkata', '2026-11-01T18:30Z', '2026-11-02T00:00'],
    ['Pacific/Kiritimati', '2026-11-01T10:00Z', '2026-11-02T00:00'],
  ])('clocks in %s show at %s %s', (zone, instant, shown) => {
    expect(localMinute(zone, at(instant))).toBe(shown);
  });

  it.each([
    ['a reading that is shown twice is the first', 'America/New_York', '2026-11-01T01:30Z', '2026-11-01T05:30'],
    ['a reading that is left out is the moment of the change', 'Europe/Berlin', '2026-03-29T02:00Z', '2026-03-29T01:00'],
    ['a midnight that is left out is the first minute of its day', 'Africa/Cairo', '2026-04-24T00:00Z', '2026-04-23T22:00'],
    ['a plain one is itself', 'Asia/Tokyo', '2026-11-02T00:00Z', '2026-11-01T15:00'],
  ])('%s', (_name, zone, wall, instant) => {
    expect(text(instantOf(zone, at(wall)))).toBe(instant);
  });

  it('are the inverse of each other for every quarter hour of a year', () => {
    for (const zone of ['America/St_Johns', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu'])
      for (let instant = at('2026-01-01T00:00Z'); instant < at('2027-01-01T00:00Z'); instant += 7 * 3_600_000 + 900_000) {
        const back = instantOf(zone, wallTime(zone, instant));
        expect(wallTime(zone, back)).toBe(wallTime(zone, instant));
      }
  });

  it('have dates of their own, and what is no zone is UTC', () => {
    expect(localDate('Pacific/Honolulu', at('2026-11-02T09:00Z'))).toBe('2026-11-01');
    expect(['europe/BERLIN', 'Mars/Olympus', undefined].map((name) => zoneNamed(name))).toEqual(['Europe/Berlin', 'UTC', 'UTC']);
  });
});

describe('periods', () => {
  it.each<[Interval, string, string, string, string]>([
    ['hour', 'Asia/Kathmandu', '2026-11-02T00:40Z', '2026-11-02T00:15', '2026-11-02T01:15'],
    ['day', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T04:00', '2026-11-02T05:00'],
    ['day', 'Europe/Berlin', '2026-03-29T12:00Z', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['day', 'Africa/Cairo', '2026-04-24T12:00Z', '2026-04-23T22:00', '2026-04-24T21:00'],
    ['week', 'UTC', '2026-11-01T12:00Z', '2026-10-26T00:00', '2026-11-02T00:00'],
    ['week', 'UTC', '2026-11-02T00:00Z', '2026-11-02T00:00', '2026-11-09T00:00'],
    ['month', 'Asia/Tokyo', '2026-12-31T16:00Z', '2026-12-31T15:00', '2027-01-31T15:00'],
    ['month', 'America/New_York', '2026-11-15T00:00Z', '2026-11-01T04:00', '2026-12-01T05:00'],
  ])('the %s in %s of %s', (interval, zone, instant, start, end) => {
    expect(text(startOf(interval, zone, at(instant)))).toBe(start);
    expect(text(nextStart(interval, zone, at(`${start}Z`)))).toBe(end);
  });

  it('has 25 hours on the day that clocks go back, and 23 when they go forward', () => {
    const dayOf = (date: string) => rangeOf({ from: date, to: date }, 'America/New_York', new Date(0));
    expect(periodsOf('hour', 'America/New_York', dayOf('2026-11-01'))).toHaveLength(25);
    expect(periodsOf('hour', 'America/New_York', dayOf('2026-03-08'))).toHaveLength(23);
    expect(periodsOf('day', 'America/New_York', dayOf('2026-11-01'))).toHaveLength(1);
  });

  it('goes on past each change of every kind of clock', () => {
    for (const zone of ['Australia/Lord_Howe', 'Africa/Cairo', 'America/St_Johns']) {
      const year = rangeOf({ from: '2026-01-01', to: '2026-12-31' }, zone, new Date(0));
      expect(periodsOf('day', zone, year)).toHaveLength(365);
      expect(periodsOf('month', zone, year)).toHaveLength(12);
      expect(periodsOf('hour', zone, year).length).toBeGreaterThanOrEqual(8_760);
    }
  });
});

describe('the range that is asked for', () => {
  const now = new Date('2026-11-02T15:07:00.000Z');
  const zone = 'America/New_York';
  const range = (asked: { from?: string; to?: string }) => Object.values(rangeOf(asked, zone, now)).map(text);

  it.each([
    ['thirty days with today', {}, ['2026-10-04T04:00', '2026-11-03T05:00']],
    ['dates, the last included', { from: '2026-10-31', to: '2026-11-01' }, ['2026-10-31T04:00', '2026-11-02T05:00']],
    [
      'moments, rounded outwards',
      { from: '2026-10-31T10:07:00Z', to: '2026-10-31T11:01:00Z' },
      ['2026-10-31T10:00', '2026-10-31T11:15'],
    ],
    ['an end only', { to: '2026-10-10' }, ['2026-09-11T04:00', '2026-10-11T04:00']],
  ])('%s', (_name, asked, wanted) => {
    expect(range(asked)).toEqual(wanted);
  });

  it('is compared with as many days before, whatever the clocks did', () => {
    const week = rangeOf({ from: '2026-11-01', to: '2026-11-07' }, zone, now);
    expect(Object.values(rangeBefore(week, zone)).map(text)).toEqual(['2026-10-25T04:00', '2026-11-01T04:00']);
  });
});

describe('figures', () => {
  it('rounds the average half up, and has none without orders', () => {
    expect(figuresOf([{ orders: 2, gross: 5 }]).averageOrder).toBe(3);
    expect(figuresOf([{ orders: 3, gross: 10 }]).averageOrder).toBe(3);
    expect(figuresOf([]).averageOrder).toBe(0);
  });

  it('puts each bucket in its period and zeros in the others', () => {
    const buckets = [
      { at: new Date(30), gross: 3 },
      { at: new Date(10), gross: 1 },
      { at: new Date(19), gross: 2 },
    ];
    expect(pointsOf([10, 20, 30], buckets).map(({ figures }) => figures.gross)).toEqual([3, 0, 3]);
  });
});
