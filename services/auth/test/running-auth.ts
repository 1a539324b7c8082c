import { generateKeyPairSync } from 'node:crypto';
import type { mintMailToken } from '@souk/contracts';
import { getCompanyState } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { startTestService, superAdmin, testJwks } from '@souk/testing';
import type { z } from 'zod';
import { service } from '../src/service.ts';

export const SUPER_ADMIN = { email: 'root@example.com', password: 'a-first-password-of-tests' };
export const SEALING_KEY = 'a-sealing-key-for-tests-that-has-43-characters-or-more';
export const PASSWORD = 'correct horse battery';

/** The whole service with a key of its own; it asks itself for keys and revocations, as its sidecar would let it. */
export async function startAuth(env: Record<string, string> = {}, secrets: Record<string, string> = {}): Promise<TestService> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const auth = await startTestService(service, {
    env: { BCRYPT_COST: '4', ...env },
    secrets: {
      'auth-signing-key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'auth-sealing-key': SEALING_KEY,
      'super-admin-email': SUPER_ADMIN.email,
      'super-admin-password': SUPER_ADMIN.password,
      ...secrets,
    },
  });
  const testKeys = testJwks().map(({ kid, jwk }) => ({ ...jwk, kid }));
  auth.sidecar.onInvoke('auth', async ({ method, path }) => {
    const { status, body } = await auth.request(method, path, { app: 'auth' });
    const answer = path.endsWith('jwks.json') ? { keys: [...body.keys, ...testKeys] } : body;
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  });
  auth.sidecar.answer(getCompanyState, ({ params }) => ({ companyId: params.id, state: 'active' as const }));
  await auth.running.runtime.tokens.refreshKeys();
  return auth;
}

export const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

export const newAddress = () => `${crypto.randomUUID()}@example.com`;

export const logIn = (auth: TestService, email: string, password = PASSWORD) => logInFrom(auth, '192.0.2.1', { email, password });

export function logInFrom(auth: TestService, ip: string, body: { email: string; password: string }) {
  return auth.request('POST', '/auth/login', { body, headers: { 'x-souk-client-ip': ip } });
}

export function register(auth: TestService, email: string, password = PASSWORD) {
  return auth.request('POST', '/auth/register', { body: { email, password, name: 'Ada Example' } });
}

/** The id of an account, which registering does not tell. */
export async function idOf(auth: TestService, email: string): Promise<string> {
  const { body } = await auth.request('GET', `/users?email=${encodeURIComponent(email)}`, { as: superAdmin() });
  return body.data[0].id;
}

type Purpose =
  NonNullable<typeof mintMailToken.body> extends z.ZodType<infer Body> ? (Body extends { purpose: infer P } ? P : never) : never;

/** What notification is given to write a mail with. */
export async function mintToken(auth: TestService, userId: string, purpose: Purpose) {
  return (
    await auth.request('POST', `/internal/users/${userId}/mail-tokens`, {
      body: { purpose },
      app: 'notification',
      key: crypto.randomUUID(),
    })
  ).body;
}

/** A verified customer with tokens of a first login. */
export async function newCustomer(auth: TestService) {
  const email = newAddress();
  await register(auth, email);
  const userId = await idOf(auth, email);
  const { token } = await mintToken(auth, userId, 'verify');
  await auth.request('POST', '/auth/verify-email', { body: { token } });
  const { body } = await logIn(auth, email);
  return { email, userId, tokens: body as { accessToken: string; refreshToken: string } };
}

/** A colleague made by a super admin who has set the password by the mailed link, with tokens of a first login. */
export async function newColleague(auth: TestService, role: string, companyId?: string) {
  const email = newAddress();
  const made = await auth.request('POST', '/users', {
    as: superAdmin(),
    body: { email, name: 'Col League', role, ...(companyId && { companyId }) },
  });
  const userId: string = made.body.id;
  const { token } = await mintToken(auth, userId, 'verify');
  await auth.request('POST', '/auth/reset-password', { body: { token, password: PASSWORD } });
  const { body } = await logIn(auth, email);
  return { email, userId, tokens: body as { accessToken: string; refreshToken: string } };
}

/** What the service answers a token, once it has asked for revocations. */
export async function statusOf(auth: TestService, accessToken: string): Promise<number> {
  await auth.running.runtime.revocations.poll();
  return (await auth.request('GET', '/auth/me', { headers: bearer(accessToken) })).status;
}

export const refresh = (auth: TestService, refreshToken: string) =>
  auth.request('POST', '/auth/refresh-token', { body: { refreshToken } });
