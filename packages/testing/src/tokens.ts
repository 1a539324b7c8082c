import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { Role } from '@souk/contracts';
import type { Claims, PublicKey } from '@souk/service-kit';
import { newId, signToken } from '@souk/service-kit';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The key that test tokens are signed with; the fake sidecar answers auth's JWKS with its public half. */
export const testKey = { kid: 'test', privateKey: createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })) };

export function testJwks(): PublicKey[] {
  const jwk = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' });
  return [{ kid: testKey.kid, jwk: { ...jwk, use: 'sig', alg: 'ES256' } }];
}

/** Who a test speaks as. */
export type Person = Omit<Claims, 'iat' | 'exp'>;

function person(role: Role, of: Partial<Person>): Person {
  return { userId: newId(), email: `${role}@example.com`, role, shopIds: [], sid: newId(), ...of };
}

export const superAdmin = (): Person => person('super_admin', {});
export const companyAdmin = (companyId: string): Person => person('company_admin', { companyId });
export const shopManager = (companyId: string, shopIds: string[]): Person => person('shop_manager', { companyId, shopIds });
export const shopStaff = (companyId: string, shopIds: string[]): Person => person('shop_staff', { companyId, shopIds });
export const customer = (userId: string = newId()): Person => person('customer', { userId });

/** A real access token of 15 minutes. */
export function tokenFor(who: Person, now: Date = new Date()): string {
  return signToken(who, testKey, { ttlSeconds: 900, now });
}
