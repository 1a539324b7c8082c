const FIRST_MS = 60_000;
/** Events are kept and swept for 30 days: what comes later than that comes from nowhere. */
const LAST_MS = 31 * 24 * 3600_000;

/**
 * When a service looks again for what it holds of an erased person: after a minute, and then each time after as long as the erasure is
 * past. Undefined once it need not any more. A request that was under way, or a token that a replica did not yet know to be revoked, can
 * write within the first minute; an event that was lost or held up, within the month that it is kept.
 */
export function nextLook(erasedAt: Date, now: Date): Date | undefined {
  const pastMs = Math.max(now.getTime() - erasedAt.getTime(), FIRST_MS / 2);
  return pastMs > LAST_MS ? undefined : new Date(erasedAt.getTime() + 2 * pastMs);
}
