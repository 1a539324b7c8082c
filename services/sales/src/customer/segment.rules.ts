import type { CustomerSegment, SegmentThresholds } from '@souk/contracts';

const DAY_MS = 24 * 3600_000;
const MONTHS = 12;

/** Where the twelve months begin that count towards a segment: 29 February becomes 1 March. */
export function windowStart(now: Date): Date {
  const start = new Date(now);
  start.setUTCMonth(start.getUTCMonth() - MONTHS);
  return start;
}

/** The highest segment whose threshold is reached. */
export function segmentFor(spent: number, { silver, gold, platinum }: SegmentThresholds): CustomerSegment {
  if (spent >= platinum) return 'platinum';
  if (spent >= gold) return 'gold';
  return spent >= silver ? 'silver' : 'bronze';
}

/** A day later, by which the window has slid; never for who has nothing left in it. */
export const nextCheck = (spent: number, now: Date): Date | undefined =>
  spent > 0 ? new Date(now.getTime() + DAY_MS) : undefined;
