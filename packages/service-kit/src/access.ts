import type { Reach, Role, ServiceName } from '@souk/contracts';
import { permissionOf, ROLES } from '@souk/contracts';
import type { Endpoint } from './endpoint.ts';
import { companySuspended, forbidden, invalid, notFound, unauthenticated } from './errors.ts';
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
export const everyone = roles(Object.fromEntries(ROLES.map((role) => [role, 'own' as const])));

/**
 * The scope a caller works in. Throws 401 without a token, 403 when the role has no such operation or may not use it, 404 for the wrong
 * service.
 */
export function authorise(
  endpoint: Pick<Endpoint, 'access' | 'method' | 'path'>,
  { caller, app }: { caller: Claims | undefined; app: string | undefined },
): Scope {
  const { access, path: route } = endpoint;
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
  refuseWithheld(caller, reach, permissionOf(endpoint));
  return scopeOf(reach, caller, route);
}

/** A service account has nothing of its own and may do what its scopes name; people all that their company does not withhold. Throws 403. */
function refuseWithheld({ scopes, withheld }: Claims, reach: Reach, permission: string): void {
  if (scopes && (reach === 'own' || !scopes.includes(permission))) throw forbidden(`This key may not do this: ${permission}`);
  if (withheld?.includes(permission)) throw forbidden(`Your company withholds this: ${permission}`);
}

/**
 * Refuses a write in the name of a company that is suspended, with the reason. What is somebody's own (session, profile, cart) stays
 * open to them. Throws 402.
 */
export function refuseSuspended(scope: Scope, suspensionOf: (companyId: string) => string | undefined): void {
  if (scope.kind !== 'company' && scope.kind !== 'shops') return;
  const reason = suspensionOf(scope.companyId);
  if (reason !== undefined) throw companySuspended(undefined, { reason });
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

/**
 * The company that a request is about, if it is about one: the caller's own, or the one it names. Throws 404 when it names another than
 * the caller's own.
 */
export function companyAsked({ scope }: { scope: Scope }, named: string | undefined): string | undefined {
  const own = scope.kind === 'company' || scope.kind === 'shops' ? scope.companyId : undefined;
  if (own !== undefined && named !== undefined && named !== own) throw notFound();
  return own ?? named;
}

/** The same where there must be one. Throws 404 as well, and 422 when the caller has none and names none. */
export function companyNamed(ctx: { scope: Scope }, named: string | undefined): string {
  const companyId = companyAsked(ctx, named);
  if (companyId !== undefined) return companyId;
  const message = 'name the company that this is about';
  throw invalid(message, { errors: [{ path: 'companyId', code: 'required', message }] });
}
