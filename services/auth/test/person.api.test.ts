import { countOpenOrders, PERSONAL_DATA_HOLDERS, personalDataOf, userErased } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { superAdmin } from '@souk/testing';
import { strFromU8, unzipSync } from 'fflate';
import { bearer, logIn, newCustomer, PASSWORD, register, startAuth, statusOf } from './running-auth.ts';

let auth: TestService;
let openOrders = 0;
beforeAll(async () => {
  auth = await startAuth();
  auth.sidecar.answer(countOpenOrders, () => ({ count: openOrders }));
  for (const service of PERSONAL_DATA_HOLDERS)
    auth.sidecar.answer(personalDataOf(service), ({ params, query }) =>
      query.cursor === undefined && service === 'sales'
        ? { items: [{ of: 'orders', document: { _id: 'an order', customerId: params.id } }], next: '0:more' }
        : { items: [{ of: 'things', document: { service } }] },
    );
});
afterAll(() => auth.stop());
beforeEach(() => {
  openOrders = 0;
});

const home = { name: 'Ada Example', line1: '1 Main Street', city: 'Albany', state: 'NY', postalCode: '12207', country: 'US' };
const erase = (userId: string, headers: Record<string, string>, body: object = { password: PASSWORD }) =>
  auth.request('POST', `/users/${userId}/erase`, { headers, body });

describe('erasing', () => {
  test('leaves nothing that names or reaches the person, says so once, and frees the address', async () => {
    const { email, userId, tokens } = await newCustomer(auth);
    const headers = bearer(tokens.accessToken);
    await auth.request('POST', '/auth/addresses', { headers, body: home });
    expect((await erase(userId, headers)).status).toBe(204);
    expect(await statusOf(auth, tokens.accessToken)).toBe(401);
    expect((await logIn(auth, email)).status).toBe(401);
    expect((await auth.request('GET', `/users/${userId}`, { as: superAdmin() })).status).toBe(404);
    const told = (await auth.published(userErased)).filter(({ subject }) => subject === userId);
    expect(told.map(({ data }) => data)).toEqual([{ userId, at: expect.any(String) }]);
    const left = await Promise.all(
      auth.running.runtime.service.stores.map(async (store) => JSON.stringify(await auth.db(store).find({}))),
    );
    expect(left.filter((text) => text.includes(email) || text.includes('1 Main Street'))).toEqual([]);
    expect((await register(auth, email)).status).toBe(202);
    expect((await auth.request('GET', `/users?email=${encodeURIComponent(email)}`, { as: superAdmin() })).body.data).toHaveLength(
      1,
    );
  });

  test('takes the password of whoever does it to themselves', async () => {
    const { userId, tokens } = await newCustomer(auth);
    const headers = bearer(tokens.accessToken);
    expect((await erase(userId, headers, {})).body.code).toBe('auth.password_needed');
    expect((await erase(userId, headers, { password: 'not mine at all' })).body.code).toBe('auth.wrong_password');
    expect(await statusOf(auth, tokens.accessToken)).toBe(200);
  });

  test('waits for orders that are under way', async () => {
    const { userId, tokens } = await newCustomer(auth);
    openOrders = 2;
    expect(await erase(userId, bearer(tokens.accessToken))).toMatchObject({
      status: 409,
      body: { code: 'auth.orders_under_way', count: 2 },
    });
    expect(await statusOf(auth, tokens.accessToken)).toBe(200);
  });

  test('is done by the platform too, and by no stranger', async () => {
    const { userId, tokens } = await newCustomer(auth);
    const stranger = await newCustomer(auth);
    expect((await erase(userId, bearer(stranger.tokens.accessToken))).status).toBe(404);
    expect((await auth.request('POST', `/users/${userId}/erase`, { as: superAdmin(), body: {} })).status).toBe(204);
    expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  });
});

describe('what stays out of reach', () => {
  const root = async () => (await auth.request('GET', '/users?role=super_admin', { as: superAdmin() })).body.data;

  test('the last super admin, whoever asks', async () => {
    const [last, ...others] = await root();
    expect(others).toEqual([]);
    const answer = await auth.request('POST', `/users/${last.id}/erase`, { as: superAdmin(), body: {} });
    expect(answer).toMatchObject({ status: 409, body: { code: 'auth.last_super_admin' } });
    expect(await root()).toHaveLength(1);
  });

  test('keys neither erase nor take anybody, nor make who could make keys', async () => {
    const { userId } = await newCustomer(auth);
    const as = { ...superAdmin(), scopes: ['users:read', 'users:write'] };
    expect((await auth.request('POST', `/users/${userId}/erase`, { as, body: {} })).status).toBe(403);
    expect((await auth.request('GET', `/users/${userId}/export`, { as })).status).toBe(403);
    const make = (role: string) =>
      auth.request('POST', '/users', { as, body: { email: `${role}@keys.example.com`, name: 'K', role, companyId: newId() } });
    expect((await make('super_admin')).body.code).toBe('auth.role_not_allowed');
    expect((await make('company_admin')).body.code).toBe('auth.role_not_allowed');
    expect((await make('shop_staff')).status).toBe(201);
  });

  test('who was deleted before is erased by the platform, everywhere else', async () => {
    const { userId } = await newCustomer(auth);
    expect((await auth.request('DELETE', `/users/${userId}`, { as: superAdmin() })).status).toBe(204);
    expect((await auth.request('POST', `/users/${userId}/erase`, { as: superAdmin(), body: {} })).status).toBe(204);
    expect((await auth.published(userErased)).filter(({ subject }) => subject === userId)).toHaveLength(1);
    expect((await auth.request('POST', `/users/${newId()}/erase`, { as: superAdmin(), body: {} })).status).toBe(404);
  });
});

describe('the archive of a person', () => {
  const unpack = (body: Buffer) => Object.entries(unzipSync(body)).map(([name, bytes]) => [name, strFromU8(bytes)] as const);

  test('has what every service holds, and no secret of ours', async () => {
    const { userId, email, tokens } = await newCustomer(auth);
    const headers = bearer(tokens.accessToken);
    const answer = await fetch(`${auth.url}/users/${userId}/export`, {
      headers: { ...headers, 'dapr-api-token': 'a-token-for-tests-only' },
    });
    expect(answer.headers.get('content-type')).toBe('application/zip');
    const files = new Map(unpack(Buffer.from(await answer.arrayBuffer())));
    expect([...files.keys()]).toEqual(['auth', ...PERSONAL_DATA_HOLDERS].map((service) => `${service}.ndjson`));
    const lines = (service: string) =>
      (files.get(`${service}.ndjson`) ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(lines('auth')).toContainEqual(expect.objectContaining({ of: 'users', _id: userId, email }));
    expect(lines('sales')).toEqual([
      { of: 'orders', _id: 'an order', customerId: userId },
      { of: 'things', service: 'sales' },
    ]);
    expect(files.get('auth.ndjson')).not.toContain('passwordHash');
  });

  test('is for the person and the platform', async () => {
    const [mine, theirs] = [await newCustomer(auth), await newCustomer(auth)];
    const path = `/users/${mine.userId}/export`;
    expect((await auth.request('GET', path, { headers: bearer(theirs.tokens.accessToken) })).status).toBe(404);
    expect((await auth.request('GET', path, { as: superAdmin() })).status).toBe(200);
    expect((await auth.request('GET', path)).status).toBe(401);
  });
});
