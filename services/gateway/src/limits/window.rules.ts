/** Seconds in any of which, together, a key may have no more than its limit. */
export const WINDOW_SECONDS = 60;

/** How often something was asked for in one second, counted from the epoch. */
export interface Second {
  readonly second: number;
  hits: number;
}

/** What came of taking one from a budget. */
export interface Taken {
  /** Of the last minute with this one; one more than the limit when it was refused. */
  readonly hits: number;
  /** When the oldest of them counts no more. */
  readonly resetAtMs: number;
}

/**
 * Takes one from a budget of `limit` a minute, in place. It counts by whole seconds, this one and the 60 before it, which hold the last
 * 60 s wherever in a second it is now: so no 60 s that end with a request that was let in have more than `limit`, and as any 60 s have
 * a last one, none have. A sliding log, at the price of up to a second more of waiting, in at most 61 numbers. What is refused does
 * not count.
 */
export function takeOne(window: Second[], { nowMs, limit }: { nowMs: number; limit: number }): Taken {
  const second = Math.floor(nowMs / 1_000);
  while (window[0] !== undefined && window[0].second < second - WINDOW_SECONDS) window.shift();
  const before = window.reduce((sum, { hits }) => sum + hits, 0);
  if (before < limit) countIn(window, second);
  const resetAtMs = ((window[0]?.second ?? second) + WINDOW_SECONDS + 1) * 1_000;
  return { hits: before < limit ? before + 1 : limit + 1, resetAtMs };
}

/** A clock that was set back finds later seconds: it goes on in the last of them. */
function countIn(window: Second[], second: number): void {
  const last = window.at(-1);
  if (last !== undefined && last.second >= second) last.hits += 1;
  else window.push({ second, hits: 1 });
}
