import { tokenBucket } from '../src/bucket.rules.ts';

it('lets a burst through, then as many as come back, and never saves up more than a burst', () => {
  let nowMs = 1_000;
  const bucket = tokenBucket(20, () => nowMs);
  const taken = (tries: number) => Array.from({ length: tries }, () => bucket.take()).filter(Boolean).length;
  expect(taken(30)).toBe(20);
  nowMs += 49;
  expect(taken(5)).toBe(0);
  nowMs += 51;
  expect(taken(5)).toBe(2);
  nowMs += 3_600_000;
  expect(taken(30)).toBe(20);
});
