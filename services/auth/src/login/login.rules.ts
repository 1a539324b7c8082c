import type { Role } from '@souk/contracts';

export const MOST_FAILURES = 10;
export const LOCK_MS = 15 * 60_000;

/** Addresses are compared without regard to case and to how accents were typed. */
export const normalEmail = (email: string): string => email.normalize('NFC').toLowerCase();

/** The network a client speaks from: the /24 of an IPv4 address, the /64 of an IPv6 one. */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return 'unknown';
  const mapped = ip.toLowerCase().startsWith('::ffff:') ? ip.slice(7) : ip;
  if (mapped.includes('.')) return mapped.split('.').slice(0, 3).join('.');
  return expanded(mapped).slice(0, 4).join(':');
}

/** The eight groups of an IPv6 address, its `::` filled in. */
function expanded(ip: string): string[] {
  const [head = '', tail] = ip.toLowerCase().split('%')[0]?.split('::') ?? [];
  const groups = (part: string) => part.split(':').filter((group) => group.length > 0);
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: missing }, () => '0'), ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}

export type LoginRefusal = 'unknown_account' | 'wrong_password' | 'deactivated' | 'unverified';

/** Why a login is refused; undefined when it is not. What only the owner may know comes after the password. */
export function judgeLogin(
  user: { isActive: boolean; isVerified: boolean; role: Role } | null,
  given: { isPasswordRight: boolean; mustBeVerified: boolean },
): LoginRefusal | undefined {
  if (!user) return 'unknown_account';
  if (!given.isPasswordRight) return 'wrong_password';
  if (!user.isActive) return 'deactivated';
  return given.mustBeVerified && !user.isVerified ? 'unverified' : undefined;
}
