import { nextLook } from '../src/erasure.rules.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const erasedAt = new Date('2026-11-22T10:00:00Z');
const after = (ms: number) => new Date(erasedAt.getTime() + ms);

test('looks again after a minute, and then each time after as long as it is past', () => {
  expect(nextLook(erasedAt, erasedAt)).toEqual(after(MINUTE_MS));
  expect(nextLook(erasedAt, after(MINUTE_MS))).toEqual(after(2 * MINUTE_MS));
  expect(nextLook(erasedAt, after(DAY_MS))).toEqual(after(2 * DAY_MS));
});

test('looks a last time when no event of before can come any more', () => {
  let [now, looks]: [Date | undefined, number] = [nextLook(erasedAt, erasedAt), 0];
  let last = erasedAt;
  for (; now !== undefined; now = nextLook(erasedAt, now)) [last, looks] = [now, looks + 1];
  expect(last.getTime() - erasedAt.getTime()).toBeGreaterThan(31 * DAY_MS);
  expect(looks).toBeLessThan(20);
});

test('a clock that was set back does not stop it', () => {
  expect(nextLook(erasedAt, after(-DAY_MS))).toEqual(after(MINUTE_MS));
});
