import type { Role } from '@souk/contracts';

/** What a provider may vouch for: customers, or the staff of the one company whose provider it is. */
interface Voucher {
  companyId?: string | undefined;
}

export type Recognition = 'join' | 'make' | 'refuse';

/**
 * What becomes of somebody whose address a provider vouches for. A provider of customers never opens a staff account, because whoever runs
 * it could then be anybody's admin; that of a company opens accounts of its own staff, whom an admin has added; none opens a super admin's.
 */
export function judgeRecognition(provider: Voucher, user: { role: Role; companyId?: string | undefined } | null): Recognition {
  const { companyId } = provider;
  if (!user) return companyId === undefined ? 'make' : 'refuse';
  if (companyId === undefined) return user.role === 'customer' ? 'join' : 'refuse';
  return user.companyId === companyId ? 'join' : 'refuse';
}
