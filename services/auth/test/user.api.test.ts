import { getCompanyState, userDeactivated, userReactivated, userRegistered, userUpdated } from '@souk/contracts';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin } from '@souk/testing';
import { users } from '../src/user/user.store.ts';
import { bearer, logIn, newAddress, newColleague, newCustomer, refresh, startAuth, statusOf } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const company = () => crypto.randomUUID();
const colleague = (role: string, more: object = {}) => ({ email: newAddress(), name: 'Col League', role, ...more });

test('a company admin adds a colleague, who sets a password by the mailed link', async () => {
  const companyId = company();
  const admin = companyAdmin(companyId);
  const made = await auth.request('POST', '/users', { as: admin, body: colleague('shop_manager') });
  expect(made).toMatchObject({ status: 201, body: { role: 'shop_manager', companyId, shopIds: [], isVerified: false } });
  expect(made.headers.location).toBe(`/api/users/${made.body.id}`);
  const event = (await auth.published(userRegistered)).find(({ subject }) => subject === made.body.id);
  expect(event).toMatchObject({
    companyid: companyId,
    data: { role: 'shop_manager', verificationRequired: true },
    actorid: admin.userId,
  });
  expect((await newColleague(auth, 'shop_staff', companyId)).tokens.accessToken).toBeTruthy();
});

test.each([
  { what: 'a super admin', more: { role: 'super_admin' }, status: 403, code: 'auth.role_not_allowed' },
  { what: 'a customer', more: { role: 'customer' }, status: 422, code: 'invalid_request' },
  { what: 'a colleague of another company', more: { companyId: crypto.randomUUID() }, status: 404, code: 'not_found' },
])('a company admin cannot add $what', async ({ more, status, code }) => {
  const answer = await auth.request('POST', '/users', {
    as: companyAdmin(company()),
    body: { ...colleague('shop_staff'), ...more },
  });
  expect(answer).toMatchObject({ status, body: { code } });
});

test('a super admin adds anybody, and names the company of staff', async () => {
  const as = superAdmin();
  expect((await auth.request('POST', '/users', { as, body: colleague('super_admin') })).status).toBe(201);
  expect(await auth.request('POST', '/users', { as, body: colleague('company_admin') })).toMatchObject({
    status: 422,
    body: { code: 'invalid_request', errors: [{ path: 'companyId' }] },
  });
  expect((await auth.request('POST', '/users', { as, body: colleague('company_admin', { companyId: company() }) })).status).toBe(
    201,
  );
});

test.each([
  {
    state: 'unknown' as const,
    expected: { status: 422, body: { code: 'invalid_request', errors: [{ path: 'body.companyId' }] } },
  },
  { state: 'deleted' as const, expected: { status: 409, body: { code: 'auth.company_gone' } } },
])('makes neither staff nor keys for a company that is $state', async ({ state, expected }) => {
  const companyId = company();
  auth.sidecar.answer(getCompanyState, ({ params }) => ({
    companyId: params.id,
    state: params.id === companyId ? state : ('active' as const),
  }));
  const as = superAdmin();
  const staff = await auth.request('POST', '/users', { as, body: colleague('company_admin', { companyId }) });
  const key = await auth.request('POST', '/auth/api-keys', { as, body: { name: 'Till', scopes: ['orders:read'], companyId } });
  expect([staff, key]).toMatchObject([expected, expected]);
});

test('deletes, switches off and on only the version that is meant', async () => {
  const as = companyAdmin(company());
  const { id } = (await auth.request('POST', '/users', { as, body: colleague('shop_staff') })).body;
  const ask = (method: 'POST' | 'DELETE', path: string, version: number) =>
    auth.request(method, `/users/${id}${path}`, { as, headers: { 'if-match': `"v${version}"` } });
  const stale = [await ask('POST', '/deactivate', 2), await ask('POST', '/reactivate', 2), await ask('DELETE', '', 2)];
  expect(stale.map(({ status }) => status)).toEqual([412, 412, 412]);
  const good = [await ask('POST', '/deactivate', 1), await ask('POST', '/reactivate', 2), await ask('DELETE', '', 3)];
  expect(good.map(({ status }) => status)).toEqual([200, 200, 204]);
});

test('refuses an address that has an account, in any case, also side by side', async () => {
  const as = companyAdmin(company());
  const body = colleague('shop_staff');
  const answers = await Promise.all([1, 2, 3].map(() => auth.request('POST', '/users', { as, body })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  expect((await auth.request('POST', '/users', { as, body: { ...body, email: body.email.toUpperCase() } })).status).toBe(409);
});

test('answers a repeated key with the same account', async () => {
  const as = companyAdmin(company());
  const body = colleague('shop_staff');
  const first = await auth.request('POST', '/users', { as, body, key: 'once' });
  const second = await auth.request('POST', '/users', { as, body, key: 'once' });
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect((await auth.request('POST', '/users', { as, body: colleague('shop_staff'), key: 'once' })).status).toBe(422);
});

test.each([
  ['shop staff', shopStaff(company(), [company()])],
  ['a customer', customer()],
])('%s has no operation on users', async (_, as) => {
  expect((await auth.request('GET', '/users', { as })).status).toBe(403);
  expect((await auth.request('POST', '/users', { as, body: colleague('shop_staff') })).status).toBe(403);
});

test('shows each role its part: all, the company, the shops', async () => {
  const [companyId, other, shopId] = [company(), company(), company()];
  const [a, b, c] = [
    await newColleague(auth, 'shop_staff', companyId),
    await newColleague(auth, 'shop_staff', companyId),
    await newColleague(auth, 'shop_staff', other),
  ];
  await auth.db(users).updateOne({ _id: a.userId }, { $set: { shopIds: [shopId] } });
  const ids = async (as: ReturnType<typeof superAdmin>, query = '') =>
    (await auth.request('GET', `/users${query}`, { as })).body.data.map((user: { id: string }) => user.id).sort();
  expect(await ids(companyAdmin(companyId))).toEqual([a.userId, b.userId].sort());
  expect(await ids(shopManager(companyId, [shopId]))).toEqual([a.userId]);
  expect(await ids(companyAdmin(companyId), `?companyId=${other}`)).toEqual([]);
  expect(await ids(superAdmin(), `?companyId=${other}`)).toEqual([c.userId]);
  const see = async (as: ReturnType<typeof superAdmin>, id: string) => (await auth.request('GET', `/users/${id}`, { as })).status;
  expect(await see(companyAdmin(companyId), c.userId)).toBe(404);
  expect(await see(shopManager(companyId, [shopId]), b.userId)).toBe(404);
  expect(await see(shopManager(other, [shopId]), a.userId)).toBe(404);
  expect(await see(superAdmin(), c.userId)).toBe(200);
});

test('pages through users', async () => {
  const companyId = company();
  const as = companyAdmin(companyId);
  for (let count = 0; count < 3; count += 1) await auth.request('POST', '/users', { as, body: colleague('shop_staff') });
  const first = (await auth.request('GET', '/users?limit=2&role=shop_staff&isActive=true', { as })).body;
  const second = (await auth.request('GET', `/users?limit=2&cursor=${first.nextCursor}`, { as })).body;
  expect([first.data.length, second.data.length, second.nextCursor]).toEqual([2, 1, null]);
});

test('a new role voids the tokens that say the old one; refreshed ones say the new', async () => {
  const companyId = company();
  const { userId, tokens } = await newColleague(auth, 'shop_staff', companyId);
  const as = companyAdmin(companyId);
  const changed = await auth.request('PATCH', `/users/${userId}`, { as, body: { role: 'shop_manager' } });
  expect(changed).toMatchObject({ status: 200, body: { role: 'shop_manager' } });
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  const { body } = await refresh(auth, tokens.refreshToken);
  expect(await statusOf(auth, body.accessToken)).toBe(200);
  const update = (await auth.published(userUpdated)).filter(({ subject }) => subject === userId).at(-1);
  expect(update?.data).toMatchObject({ role: 'shop_manager', changed: ['role'] });
  expect(update?.changes).toEqual([{ field: 'role', before: 'shop_staff', after: 'shop_manager' }]);
});

test('nobody changes their own role or switches themselves off, changes a foreign user, or gives more than they may', async () => {
  const companyId = company();
  const { userId, tokens } = await newColleague(auth, 'company_admin', companyId);
  const patch = (as: Person, body: object) => auth.request('PATCH', `/users/${userId}`, { as, body });
  const headers = bearer(tokens.accessToken);
  for (const own of [
    await auth.request('PATCH', `/users/${userId}`, { headers, body: { role: 'shop_staff' } }),
    await auth.request('POST', `/users/${userId}/deactivate`, { headers }),
  ])
    expect(own).toMatchObject({ status: 409, body: { code: 'auth.not_on_yourself' } });
  expect((await patch(companyAdmin(company()), { name: 'Mine now' })).status).toBe(404);
  expect((await patch(companyAdmin(companyId), { role: 'super_admin' })).status).toBe(403);
  expect((await patch(companyAdmin(companyId), { companyId: company() })).status).toBe(422);
  expect((await patch(companyAdmin(companyId), { name: 'A new name' })).body.name).toBe('A new name');
});

test('deactivates and reactivates an account', async () => {
  const companyId = company();
  const as = companyAdmin(companyId);
  const { userId, email, tokens } = await newColleague(auth, 'shop_staff', companyId);
  const act = (what: string, who = as) => auth.request('POST', `/users/${userId}/${what}`, { as: who });
  expect((await act('deactivate', companyAdmin(company()))).status).toBe(404);
  expect(await act('deactivate')).toMatchObject({ status: 200, body: { isActive: false } });
  expect((await act('deactivate')).status).toBe(409);
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  expect((await refresh(auth, tokens.refreshToken)).status).toBe(401);
  expect(await logIn(auth, email)).toMatchObject({ status: 403, body: { code: 'auth.account_deactivated' } });
  expect((await auth.published(userDeactivated)).find(({ subject }) => subject === userId)?.data).toMatchObject({
    reason: 'staff',
  });
  expect(await act('reactivate')).toMatchObject({ status: 200, body: { isActive: true } });
  expect((await auth.published(userReactivated)).map(({ subject }) => subject)).toContain(userId);
  expect((await logIn(auth, email)).status).toBe(200);
});

test('a customer sees the own account only through the profile', async () => {
  const { userId, tokens } = await newCustomer(auth);
  expect((await auth.request('GET', `/users/${userId}`, { headers: bearer(tokens.accessToken) })).status).toBe(403);
});

test('says nothing and keeps the version when a change changes nothing', async () => {
  const companyId = company();
  const as = companyAdmin(companyId);
  const { userId } = await newColleague(auth, 'shop_staff', companyId);
  const before = await auth.request('GET', `/users/${userId}`, { as });
  for (const body of [{}, { name: before.body.name, role: 'shop_staff' }])
    expect(await auth.request('PATCH', `/users/${userId}`, { as, body })).toMatchObject({
      status: 200,
      headers: { etag: before.headers.etag },
      body: before.body,
    });
});

type Colleague = Awaited<ReturnType<typeof newColleague>>;

test('of super admins who switch each other off at once one is left', async () => {
  const everybody = { role: 'super_admin' };
  for (let round = 0; round < 10; round += 1) {
    await auth.db(users).updateMany(everybody, { $set: { isActive: false } });
    const pair = [await newColleague(auth, 'super_admin'), await newColleague(auth, 'super_admin')] as const;
    const off = (by: Colleague, whom: Colleague) =>
      auth.request('POST', `/users/${whom.userId}/deactivate`, { headers: bearer(by.tokens.accessToken) });
    const answers = await Promise.all([off(...pair), off(pair[1], pair[0])]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await auth.db(users).count({ ...everybody, isActive: true })).toBe(1);
  }
});
