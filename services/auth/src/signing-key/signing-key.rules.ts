import { ACCESS_SECONDS } from '../session/session.rules.ts';

/**
 * A new key is published this long before it signs. Verifiers fetch keys every 30 s, and caches keep them for as long: by then all of
 * them know it.
 */
export const NOTICE_MS = 60_000;
/** From a key's last signature until its last token has expired, with a minute for clocks that differ. */
export const LAST_TOKEN_MS = ACCESS_SECONDS * 1000 + 60_000;

export interface KeyTimes {
  signsFrom: Date;
  signsUntil: Date;
  verifiesUntil: Date;
  refusedAt?: Date | undefined;
}

export type KeyState = 'next' | 'signing' | 'verifying' | 'retired' | 'refused';

export function stateOf(key: KeyTimes, now: Date): KeyState {
  if (key.refusedAt) return 'refused';
  if (key.verifiesUntil <= now) return 'retired';
  if (key.signsUntil <= now) return 'verifying';
  return key.signsFrom <= now ? 'signing' : 'next';
}

/** The key that signs at `now`: the one that began last. */
export function signerAmong<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  return keys
    .filter((key) => stateOf(key, now) === 'signing')
    .sort((one, other) => other.signsFrom.getTime() - one.signsFrom.getTime())[0];
}
