const MINUTE_MS = 60_000;

/**
 * When a service looks again at a company that was deleted: each time after as long as the deletion is past, and never within a minute. So
 * what was under way, or comes late, is found soon while there may be much of it, and at little cost ever after.
 */
export const nextLook = (deletedAt: Date, now: Date): Date =>
  new Date(now.getTime() + Math.max(now.getTime() - deletedAt.getTime(), MINUTE_MS));
