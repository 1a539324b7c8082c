import { generateKeyPairSync } from 'node:crypto';
import type { Role } from '@souk/contracts';
import type { Access } from '@souk/service-kit';
import { AUDIENCE, ISSUER, newId, signToken } from '@souk/service-kit';
import type { Person } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin, testKey, tokenFor } from '@souk/testing';

const companyId = newId();
const shopIds = [newId()];

const people: Record<Role, Person> = {
  super_admin: superAdmin(),
  company_admin: companyAdmin(companyId),
  shop_manager: shopManager(companyId, shopIds),
  shop_staff: shopStaff(companyId, shopIds),
  customer: customer(),
};

export type Headers = Record<string, string>;

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const tokens = new Map(Object.entries(people).map(([role, person]) => [role, bearer(tokenFor(person))]));

/** What a caller of a role sends. */
export const as = (role: string): Headers => tokens.get(role) ?? {};

/** Headers of everybody whom an access lets in, by who they are. */
export function permitted(access: Access): [string, Headers][] {
  if (access.kind === 'public') return [['a stranger', {}]];
  if (access.kind === 'services') {
    const app = access.callers === 'all' ? 'sales' : (access.callers[0] ?? '');
    return [[app, { 'dapr-caller-app-id': app }]];
  }
  const inside = Object.keys(access.reach).map((role): [string, Headers] => [role, as(role)]);
  return access.guests ? [...inside, ['a stranger', {}]] : inside;
}

/** Roles that an access keeps out. */
export function refusedRoles(access: Access): string[] {
  return access.kind === 'roles' ? [...tokens.keys()].filter((role) => !(role in access.reach)) : [];
}

const stranger = { kid: testKey.kid, privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey };
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = { sub: people.super_admin.userId, role: 'super_admin', iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 900 };
const genuine = tokenFor(people.super_admin);

/** Tokens that look like a super admin's and are not one's. */
export const forged: readonly [string, Headers][] = [
  ['a token signed by a stranger', bearer(signToken(people.super_admin, stranger, { ttlSeconds: 900, now: new Date() }))],
  ['a token without signature', bearer(`${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`)],
  ['a token that has ended', bearer(tokenFor(people.super_admin, new Date(Date.now() - 3_600_000)))],
  ['a token with other claims', bearer(genuine.split('.').with(1, part(claims)).join('.'))],
  ['no token at all', bearer('x')],
];
