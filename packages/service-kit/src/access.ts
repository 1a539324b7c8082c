import type { Reach, Role, ServiceName } from '@souk/contracts';
import { forbidden, notFound, unauthenticated } from './errors.ts';
import type { Scope } from './mongo/scope.ts';
import { system } from './mongo/scope.ts';
import type { Claims } from './tokens.ts';

/** Who may use an endpoint, and how far each reaches. Leaving it out does not compile. */
export type Access =
  | { kind: 'public' }
  | { kind: 'services'; callers: readonly ServiceName[] | 'all' }
  | { kind: 'roles'; reach: Partial<Record<Role, Reach>>; guests: boolean };

/** Anybody, without a token; a valid token is still read. */
export const anybody: Access = { kind: 'public' };

/**
 * Other services only, through their sidecars. The gateway never routes these, and may ask itself only where it is named: clients'
 * requests carry its app id too.
 */
export const services = (...callers: ServiceName[]): Access => ({
  kind: 'services',
  callers: callers.length > 0 ? callers : 'all',
});

/** These roles, each as far as it is said: `roles({ company_admin: 'company', customer: 'own' })`. */
export const roles = (reach: Partial<Record<Role, Reach>>): Access => ({ kind: 'roles', reach, guests: false });

/** These roles, and callers without a token, who see what is public. */
export const rolesAndGuests = (reach: Partial<Record<Role, Reach>>): Access => ({ kind: 'roles', reach, guests: true });

export const STAFF = { super_admin: 'all', company_admin: 'company', shop_manager: 'shops', shop_staff: 'shops' } as const;

/** Every role, each on what is its own. */
export const everyone = roles({
  super_admin: 'own',
  company_admin: 'own',
  shop_manager: 'own',
  shop_staff: 'own',
  customer: 'own',
});

/** The scope a caller works in. Throws 401 without a token, 403 when the role has no such operation, 404 for the wrong service. */
export function authorise(access: Access, from: { caller: Claims | undefined; app: string | undefined }, route: string): Scope {
  const { caller, app } = from;
  if (access.kind === 'services') {
    const isNamed = access.callers !== 'all' && access.callers.some((name) => name === app);
    // A stranger must not learn that the route exists.
    if (app === undefined || (app === 'gateway' && !isNamed)) throw notFound();
    if (access.callers !== 'all' && !isNamed) throw forbidden(`${app} may not call this`);
    return system(`${app} asks ${route}`);
  }
  if (access.kind === 'public') return { kind: 'public' };
  if (!caller) {
    if (access.guests) return { kind: 'public' };
    throw unauthenticated();
  }
  const reach = access.reach[caller.role];
  if (reach === undefined) throw forbidden();
  return scopeOf(reach, caller, route);
}

function scopeOf(reach: Reach, caller: Claims, route: string): Scope {
  if (reach === 'all') return system(`super admin on ${route}`);
  if (reach === 'own') return { kind: 'own', userId: caller.userId };
  if (reach === 'public') return { kind: 'public' };
  if (!caller.companyId) throw forbidden('Your token names no company');
  return reach === 'company'
    ? { kind: 'company', companyId: caller.companyId }
    : { kind: 'shops', companyId: caller.companyId, shopIds: caller.shopIds };
}
