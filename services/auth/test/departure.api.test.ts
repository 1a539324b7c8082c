import { userDeactivated, userDeleted } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, shopManager, superAdmin } from '@souk/testing';
import { users } from '../src/user/user.store.ts';
import {
  bearer,
  logIn,
  mintToken,
  newColleague,
  newCustomer,
  PASSWORD,
  refresh,
  register,
  startAuth,
  statusOf,
} from './running-auth.ts';
import { everythingStored } from './stored-secrets.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const company = () => crypto.randomUUID();
const remove = (id: string, as = superAdmin()) => auth.request('DELETE', `/users/${id}`, { as });

test('a deleted account is gone, its sessions end, and its address is free', async () => {
  const companyId = company();
  const as = companyAdmin(companyId);
  const { userId, email, tokens } = await newColleague(auth, 'shop_staff', companyId);
  const { token } = await mintToken(auth, userId, 'reset');
  expect((await remove(userId, as)).status).toBe(204);
  expect((await auth.request('GET', `/users/${userId}`, { as })).status).toBe(404);
  expect((await auth.request('GET', '/users', { as })).body.data).toEqual([]);
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  expect((await refresh(auth, tokens.refreshToken)).status).toBe(401);
  expect((await logIn(auth, email)).body.code).toBe('auth.wrong_credentials');
  expect((await auth.request('POST', '/auth/reset-password', { body: { token, password: PASSWORD } })).status).toBe(422);
  expect((await auth.request('POST', `/users/${userId}/reactivate`, { as })).status).toBe(404);
  expect((await remove(userId, as)).status).toBe(404);
  const again = await auth.request('POST', '/users', { as, body: { email, name: 'Col League', role: 'shop_staff' } });
  expect(again.status).toBe(201);
  expect(again.body.id).not.toBe(userId);
});

test('says that it was switched off and then deleted; of one that was off, only the latter', async () => {
  const companyId = company();
  const as = companyAdmin(companyId);
  const [on, off] = [await newColleague(auth, 'shop_staff', companyId), await newColleague(auth, 'shop_staff', companyId)];
  await auth.request('POST', `/users/${off.userId}/deactivate`, { as });
  for (const { userId } of [on, off]) expect((await remove(userId, as)).status).toBe(204);
  const [offs, gone] = [await auth.published(userDeactivated), await auth.published(userDeleted)];
  for (const { userId } of [on, off]) {
    const [first, ...more] = offs.filter(({ subject }) => subject === userId);
    const last = gone.find(({ subject }) => subject === userId);
    expect(more).toEqual([]);
    expect(last).toMatchObject({ companyid: companyId, data: { userId, role: 'shop_staff' } });
    expect(Number(last?.sequence)).toBeGreaterThan(Number(first?.sequence));
  }
});

test('keeps nothing that names a deleted customer or lets them in', async () => {
  const { email, userId, tokens } = await newCustomer(auth);
  const headers = bearer(tokens.accessToken);
  const address = { name: 'Ada Lovelace-King', line1: 'Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
  expect((await auth.request('POST', '/auth/addresses', { headers, key: crypto.randomUUID(), body: address })).status).toBe(201);
  expect((await auth.request('POST', '/auth/mfa/enrol', { headers, body: { password: PASSWORD } })).status).toBe(201);
  expect((await remove(userId)).status).toBe(204);
  const stored = await everythingStored(auth);
  for (const text of [email, address.name]) expect(stored).not.toContain(text);
  expect(await auth.db(users).count({ _id: userId })).toBe(0);
  await register(auth, email);
  expect(await auth.db(users).count({ email })).toBe(1);
});

test('nobody deletes themselves, the last super admin, or an account outside their reach', async () => {
  const companyId = company();
  const { userId, tokens } = await newColleague(auth, 'company_admin', companyId);
  const own = await auth.request('DELETE', `/users/${userId}`, { headers: bearer(tokens.accessToken) });
  expect(own).toMatchObject({ status: 409, body: { code: 'auth.not_on_yourself' } });
  expect((await remove(userId, companyAdmin(company()))).status).toBe(404);
  expect((await remove((await newCustomer(auth)).userId, companyAdmin(companyId))).status).toBe(404);
  expect((await remove(userId, shopManager(companyId, [company()]))).status).toBe(403);
  const root = await auth.db(users).findOne({ role: 'super_admin' });
  expect(await remove(root?._id ?? '')).toMatchObject({ status: 409, body: { code: 'auth.last_super_admin' } });
});
