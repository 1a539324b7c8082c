import { nextLook } from '../src/offboarding.rules.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const deletedAt = new Date('2026-11-22T10:00:00Z');
const after = (ms: number) => new Date(deletedAt.getTime() + ms);

test('looks again after a minute, and then each time after as long as it is past', () => {
  expect(nextLook(deletedAt, deletedAt)).toEqual(after(MINUTE_MS));
  expect(nextLook(deletedAt, after(MINUTE_MS))).toEqual(after(2 * MINUTE_MS));
  expect(nextLook(deletedAt, after(30 * DAY_MS))).toEqual(after(60 * DAY_MS));
});

test('a clock that was set back does not stop it', () => {
  expect(nextLook(deletedAt, after(-DAY_MS))).toEqual(after(MINUTE_MS - DAY_MS));
});
