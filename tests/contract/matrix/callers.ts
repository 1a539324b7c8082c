import type { Reach, Role } from '@souk/contracts';
import { permission, permissionOf, ROLES } from '@souk/contracts';
import type { Endpoint } from '@souk/service-kit';
import { newId } from '@souk/service-kit';
import type { Person } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin } from '@souk/testing';
import { SAMPLE_ID } from '../bad-input/sample.ts';

/** How a caller stands to what a request is about: all of it belongs to one company, one shop of it, and one person. */
export const RELATIONS = ['own', 'other shop', 'other company'] as const;
export type Relation = (typeof RELATIONS)[number];

/** Who asks: everybody of the roles, nobody, and the three who have a role's rights but for something. */
export const CALLERS = [
  'no token',
  ...ROLES,
  'a key with every scope',
  'a key without the scope',
  'staff from whom it is withheld',
] as const;
export type Caller = (typeof CALLERS)[number];

/** What must become of a request. `in`: neither 401 nor 403. `hidden`: 404, or a list in which nothing of it is. */
export type Verdict = 'in' | 401 | 403 | 'hidden';

const isRole = (caller: Caller): caller is Role => ROLES.some((role) => role === caller);

/** The role whose rights a caller has. */
export function roleOf(caller: Caller): Role | undefined {
  if (isRole(caller)) return caller;
  if (caller === 'no token') return undefined;
  return caller === 'staff from whom it is withheld' ? 'shop_staff' : 'company_admin';
}

function personOf(role: Role, relation: Relation): Person {
  const companyId = relation === 'other company' ? newId() : SAMPLE_ID;
  const shopIds = [relation === 'own' ? SAMPLE_ID : newId()];
  const made: Record<Role, () => Person> = {
    super_admin: superAdmin,
    company_admin: () => companyAdmin(companyId),
    shop_manager: () => shopManager(companyId, shopIds),
    shop_staff: () => shopStaff(companyId, shopIds),
    customer,
  };
  return { ...made[role](), ...(relation === 'own' && { userId: SAMPLE_ID }) };
}

/** Who speaks in a cell; undefined for nobody. */
export function callerIn(caller: Caller, relation: Relation, endpoint: Endpoint): Person | undefined {
  const role = roleOf(caller);
  if (role === undefined) return undefined;
  const person = personOf(role, relation);
  const needed = permissionOf(endpoint);
  if (caller === 'a key with every scope') return { ...person, scopes: [...permission.options] };
  if (caller === 'a key without the scope') return { ...person, scopes: permission.options.filter((scope) => scope !== needed) };
  return caller === 'staff from whom it is withheld' ? { ...person, withheld: [needed] } : person;
}

/** What the declaration of an operation says of a cell. */
export function verdictOf(caller: Caller, relation: Relation, endpoint: Endpoint): Verdict {
  const { access } = endpoint;
  if (access.kind !== 'roles') return 'in';
  const role = roleOf(caller);
  if (role === undefined) return access.guests ? 'in' : 401;
  const reach = access.reach[role];
  if (reach === undefined || isKept(caller, reach, endpoint)) return 403;
  return reaches(reach, relation) ? 'in' : 'hidden';
}

/** No scope names logins, so no key has one for them. */
function isKept(caller: Caller, reach: Reach, endpoint: Endpoint): boolean {
  const isNamed = permission.options.some((scope) => scope === permissionOf(endpoint));
  if (caller === 'a key with every scope') return reach === 'own' || !isNamed;
  return caller === 'a key without the scope' || caller === 'staff from whom it is withheld';
}

function reaches(reach: Reach, relation: Relation): boolean {
  if (reach === 'all' || reach === 'public') return true;
  return reach === 'company' ? relation !== 'other company' : relation === 'own';
}
