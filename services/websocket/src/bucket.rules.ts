/**
 * A token bucket: `take` gives whether one more is let through. It holds `perSecond` and is filled again at that rate, so a burst of as
 * many is let through at once.
 */
export function tokenBucket(perSecond: number, nowMs: () => number): { take(): boolean } {
  let left = perSecond;
  let filledAtMs = nowMs();
  return {
    take() {
      const atMs = nowMs();
      left = Math.min(perSecond, left + ((atMs - filledAtMs) * perSecond) / 1_000);
      filledAtMs = atMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
