import { nextCheck, segmentFor, windowStart } from '../src/customer/segment.rules.ts';

const thresholds = { silver: 100, gold: 200, platinum: 300 };

test.each([
  [0, 'bronze'],
  [99, 'bronze'],
  [100, 'silver'],
  [199, 'silver'],
  [200, 'gold'],
  [299, 'gold'],
  [300, 'platinum'],
  [Number.MAX_SAFE_INTEGER, 'platinum'],
])('%d minor units make a customer %s', (spent, segment) => {
  expect(segmentFor(spent, thresholds)).toBe(segment);
});

test.each([
  ['2026-11-22T10:00:00.000Z', '2025-11-22T10:00:00.000Z'],
  ['2026-01-31T00:00:00.000Z', '2025-01-31T00:00:00.000Z'],
  ['2028-02-29T12:00:00.000Z', '2027-03-01T12:00:00.000Z'],
])('the twelve months of %s begin at %s', (now, start) => {
  expect(windowStart(new Date(now)).toISOString()).toBe(start);
});

test('who has spent something is looked at again after a day, who has not is not', () => {
  const now = new Date('2026-11-22T10:00:00.000Z');
  expect(nextCheck(1, now)).toEqual(new Date('2026-11-23T10:00:00.000Z'));
  expect(nextCheck(0, now)).toBeUndefined();
});
