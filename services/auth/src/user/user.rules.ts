import type { Role } from '@souk/contracts';

export const STAFF_ROLES = ['super_admin', 'company_admin', 'shop_manager', 'shop_staff'] as const;

/** Whether a caller of `giver` may make somebody a `role`: nobody makes a super admin but another one. */
export function mayGiveRole(giver: Role, role: Role): boolean {
  if (giver === 'super_admin') return role !== 'customer';
  return giver === 'company_admin' && (role === 'company_admin' || role === 'shop_manager' || role === 'shop_staff');
}

export const belongsToCompany = (role: Role): boolean => role !== 'super_admin' && role !== 'customer';

/** The second from which new access tokens are good, when all issued until now must end. Later than any that was issued before. */
export const nextTokensFrom = (previous: number, now: Date): number => Math.max(Math.floor(now.getTime() / 1000), previous) + 1;

/** The `iat` of a token made at `now`: never before the second from which tokens are good. */
export const issuedAt = (tokensFrom: number, now: Date): number => Math.max(Math.floor(now.getTime() / 1000), tokensFrom);
