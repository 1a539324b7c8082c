export const REFRESH_MS = 30 * 24 * 3600_000;
/** Two tabs may refresh with one token at the same moment; later than this it is a copy. */
export const GRACE_MS = 10_000;
export const ACCESS_SECONDS = 15 * 60;

/** What to do with a refresh token that was shown at `now`. */
export function judgeRefresh(
  token: { usedAt?: Date | undefined; expiresAt: Date } | null,
  now: Date,
): 'rotate' | 'refuse' | 'reused' {
  if (!token || token.expiresAt <= now) return 'refuse';
  if (!token.usedAt) return 'rotate';
  return now.getTime() - token.usedAt.getTime() <= GRACE_MS ? 'rotate' : 'reused';
}
