import { apikeyCreated, apikeyDeleted, companyDeleted } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, superAdmin } from '@souk/testing';
import { apiKeys } from '../src/api-key/api-key.store.ts';
import { bearer, startAuth } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const wanted = { name: 'Accounting', scopes: ['orders:read', 'invoices:read'] };
const make = (as: Person, body: object = wanted) => auth.request('POST', '/auth/api-keys', { as, body });
const exchange = (key: string, app = 'gateway') =>
  auth.request('POST', '/internal/api-keys/exchange', { app, key: newId(), body: { key } });
const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('shows a key once, keeps only its digest, and lists the account without it', async () => {
  const admin = companyAdmin(newId());
  const made = await make(admin);
  expect(made).toMatchObject({ status: 201, body: { ...wanted, scopes: ['invoices:read', 'orders:read'], limitPerMinute: 600 } });
  const { id, key } = made.body;
  expect(key).toMatch(/^souk_[\w-]{43}$/);
  expect(made.headers).toMatchObject({ location: `/api/auth/api-keys/${id}`, 'cache-control': 'no-store' });
  const listed = await auth.request('GET', '/auth/api-keys', { as: admin });
  expect(listed.body.data).toEqual([expect.objectContaining({ id, lastFour: key.slice(-4), creatorId: admin.userId })]);
  const path = `/auth/api-keys/${id}`;
  const shown = await auth.request('GET', path, { as: admin });
  expect(shown).toMatchObject({ status: 200, body: listed.body.data[0], headers: { 'cache-control': 'no-store' } });
  expect((await auth.request('GET', path, { as: companyAdmin(newId()) })).status).toBe(404);
  const kept = await auth.db(apiKeys).findOne({ _id: id });
  expect(kept?.digest).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify([kept, listed.body, shown.body])).not.toContain(key.slice(5));
  expect((await auth.published(apikeyCreated)).filter(({ subject }) => subject === id)).toHaveLength(1);
});

test('gives the gateway a token of the account, and nobody else', async () => {
  const companyId = newId();
  const { id, key } = (await make(companyAdmin(companyId))).body;
  const given = await exchange(key);
  expect(given).toMatchObject({ status: 200, body: { limitPerMinute: 600 } });
  expect(claimsIn(given.body.token)).toMatchObject({
    ...{ userId: id, sid: id, role: 'company_admin', companyId, shopIds: [], scopes: ['invoices:read', 'orders:read'] },
  });
  expect((await exchange(key, 'sales')).status).toBe(403);
  expect((await exchange(`${key}x`)).status).toBe(401);
  expect((await exchange(key.slice(0, -1))).status).toBe(401);
});

test('opens nothing of an account of its own, nor keys', async () => {
  const { key } = (await make(companyAdmin(newId()))).body;
  const headers = bearer((await exchange(key)).body.token);
  for (const path of ['/auth/me', '/auth/sessions', '/auth/api-keys', '/users'])
    expect((await auth.request('GET', path, { headers })).status).toBe(403);
  expect((await auth.request('POST', '/auth/api-keys', { headers, body: wanted })).status).toBe(403);
});

test('reaches as far as a scope says', async () => {
  const companyId = newId();
  const { key } = (await make(companyAdmin(companyId), { name: 'People', scopes: ['users:read'] })).body;
  const headers = bearer((await exchange(key)).body.token);
  expect(await auth.request('GET', '/users', { headers })).toMatchObject({ status: 200, body: { data: [] } });
  const body = { email: 'new@example.com', name: 'New', role: 'shop_staff' };
  expect((await auth.request('POST', '/users', { headers, body })).status).toBe(403);
});

test('ends when it is deleted: no new token, and those it has are refused', async () => {
  const admin = companyAdmin(newId());
  const { id, key } = (await make(admin, { name: 'People', scopes: ['users:read'] })).body;
  const { token } = (await exchange(key)).body;
  expect((await auth.request('DELETE', `/auth/api-keys/${id}`, { as: companyAdmin(newId()) })).status).toBe(404);
  expect((await auth.request('DELETE', `/auth/api-keys/${id}`, { as: admin })).status).toBe(204);
  expect((await exchange(key)).status).toBe(401);
  await auth.running.runtime.revocations.poll();
  expect((await auth.request('GET', '/users', { headers: bearer(token) })).status).toBe(401);
  expect((await auth.published(apikeyDeleted)).filter(({ subject }) => subject === id)).toHaveLength(1);
});

test('ends with its time', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const { key } = (await make(companyAdmin(newId()), { ...wanted, expiresAt })).body;
  const { body } = await exchange(key);
  const endsAtMs = claimsIn(body.token).exp * 1000;
  expect(new Date(endsAtMs).toISOString()).toBe(body.expiresAt);
  // To the second below it.
  expect(Date.parse(expiresAt) - endsAtMs).toBeGreaterThanOrEqual(0);
  expect(Date.parse(expiresAt) - endsAtMs).toBeLessThan(1_000);
  auth.advance(61_000);
  expect((await exchange(key)).status).toBe(401);
  expect((await make(companyAdmin(newId()), { ...wanted, expiresAt })).status).toBe(422);
});

test('ends with its company', async () => {
  const companyId = newId();
  const { key } = (await make(companyAdmin(companyId))).body;
  await auth.deliver(companyDeleted, { ...companyDeleted.example, companyId }, { companyId });
  expect((await exchange(key)).status).toBe(401);
  expect((await make(superAdmin(), { ...wanted, companyId })).body.code).toBe('auth.company_gone');
});

test("is the platform's own when a super admin names no company", async () => {
  const { key } = (await make(superAdmin(), { name: 'Backups', scopes: ['orders:read'] })).body;
  const claims = claimsIn((await exchange(key)).body.token);
  expect(claims.role).toBe('super_admin');
  expect(claims.companyId).toBeUndefined();
});

test.each([
  ['a scope that there is not', { ...wanted, scopes: ['orders:delete'] }],
  ['a scope of logins', { ...wanted, scopes: ['auth:write'] }],
  ['no scope', { ...wanted, scopes: [] }],
  ['a field that there is not', { ...wanted, role: 'super_admin' }],
])('refuses %s', async (_what, body) => {
  expect((await make(companyAdmin(newId()), body)).status).toBe(422);
});

test('is not for managers, customers, or other companies', async () => {
  expect((await make(shopManager(newId(), [newId()]))).status).toBe(403);
  expect((await make(customer())).status).toBe(403);
  expect((await make(companyAdmin(newId()), { ...wanted, companyId: newId() })).status).toBe(404);
});
