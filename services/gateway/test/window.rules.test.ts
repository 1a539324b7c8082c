import { ReplicaBudgets } from '../src/limits/replica-budgets.ts';
import type { Second } from '../src/limits/window.rules.ts';
import { takeOne } from '../src/limits/window.rules.ts';

const START_MS = 1_800_000_000_000;

const secondOf = (ms: number) => Math.floor(ms / 1_000);

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Arrivals over five minutes: bursts, trickles and pauses, at any millisecond. */
function arrivals(random: () => number): number[] {
  const times: number[] = [];
  let nowMs = START_MS + Math.floor(random() * 60_000);
  const endMs = nowMs + 300_000;
  while (nowMs < endMs) {
    const [pauseMs = 0, gapMs = 0] =
      [
        [0, 3],
        [0, 400],
        [0, 5_000],
        [Math.floor(random() * 70_000), 10],
      ][Math.floor(random() * 4)] ?? [];
    nowMs += pauseMs;
    for (let left = Math.ceil(random() * 30); left > 0; left -= 1) {
      times.push(nowMs);
      nowMs += Math.floor(random() * gapMs);
    }
  }
  return times;
}

test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
  'no 60 s have more than the limit, and nobody is refused who is below it (seed %d)',
  (seed) => {
    const random = chance(seed);
    const limit = Math.ceil(random() * 25);
    const window: Second[] = [];
    const letIn: number[] = [];
    for (const nowMs of arrivals(random)) {
      const lastMinute = letIn.filter((at) => secondOf(at) >= secondOf(nowMs) - 60).length;
      const { hits, resetAtMs } = takeOne(window, { nowMs, limit });
      if (hits <= limit) letIn.push(nowMs);
      // Whoever is refused has had the limit in this minute, counted from whole seconds, and is told when to come again.
      else
        expect({ lastMinute, resets: resetAtMs > nowMs && resetAtMs <= nowMs + 61_000 }).toEqual({
          lastMinute: limit,
          resets: true,
        });
      expect(window.length).toBeLessThanOrEqual(61);
    }
    const closest = letIn.slice(limit).map((at, index) => at - (letIn[index] ?? 0));
    expect(closest.filter((distanceMs) => distanceMs < 60_000)).toEqual([]);
    expect(letIn.length).toBeGreaterThan(limit);
  },
);

test('whoever comes when they are told to is let in', () => {
  const window: Second[] = [];
  for (let index = 0; index < 3; index += 1) takeOne(window, { nowMs: START_MS + index * 700, limit: 3 });
  const { hits, resetAtMs } = takeOne(window, { nowMs: START_MS + 30_000, limit: 3 });
  expect(hits).toBe(4);
  expect(takeOne(window, { nowMs: resetAtMs, limit: 3 }).hits).toBe(2);
});

test('a clock that is set back gives no second budget', () => {
  const window: Second[] = [];
  const hits = [0, -30_000, -90_000, 1_000].map((offset) => takeOne(window, { nowMs: START_MS + offset, limit: 3 }).hits);
  expect(hits).toEqual([1, 2, 3, 4]);
});

describe('budgets of one replica', () => {
  const at = { nowMs: START_MS, limit: 2 };

  test('each key has its own', () => {
    const budgets = new ReplicaBudgets();
    expect(['a', 'a', 'a', 'b'].map((key) => budgets.take('user', key, at).hits)).toEqual([1, 2, 3, 1]);
  });

  test('keys that are more than it tells apart share one, and are told apart again when others are gone', () => {
    const budgets = new ReplicaBudgets(2);
    expect(['a', 'b', 'c', 'd', 'e', 'a'].map((key) => budgets.take('user', key, at).hits)).toEqual([1, 1, 1, 2, 3, 2]);
    expect(budgets.size).toBe(3);
    expect(budgets.take('user', 'e', { ...at, nowMs: START_MS + 61_000 }).hits).toBe(1);
    expect(budgets.size).toBe(1);
  });

  test('a flood of keys of one limit leaves those of another apart', () => {
    const budgets = new ReplicaBudgets(2);
    for (const key of ['a', 'b', 'c', 'd']) budgets.take('user', key, at);
    expect(budgets.take('sign-in-account', 'x', at).hits).toBe(1);
    expect(['c', 'x'].map((key) => budgets.tellsApart('user', key))).toEqual([false, false]);
    expect(budgets.tellsApart('sign-in-account', 'x')).toBe(true);
  });
});
