import type { Role } from '@souk/contracts';

/** What a provider may vouch for: customers, or the staff of the one company whose provider it is. */
interface Voucher {
  companyId?: string | undefined;
}

/**
 * Whether somebody whose address a provider vouches for is let in, as a new customer where nobody has the address. A provider of
 * customers never opens a staff account, because whoever runs it could then be anybody's admin; that of a company opens accounts of its
 * own staff, whom an admin has added; none opens a super admin's.
 */
export function isRecognised(provider: Voucher, user: { role: Role; companyId?: string | undefined } | null): boolean {
  const { companyId } = provider;
  if (!user) return companyId === undefined;
  return companyId === undefined ? user.role === 'customer' : user.companyId === companyId;
}
