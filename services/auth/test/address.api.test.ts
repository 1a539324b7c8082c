import { userUpdated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { bearer, newCustomer, startAuth } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const home = { name: 'Ada Example', line1: '1 Main Street', city: 'Albany', state: 'NY', postalCode: '12207', country: 'US' };

test('keeps an address book for its owner alone', async () => {
  const [mine, theirs] = [await newCustomer(auth), await newCustomer(auth)];
  const headers = bearer(mine.tokens.accessToken);
  const made = await auth.request('POST', '/auth/addresses', { headers, body: home });
  expect(made).toMatchObject({ status: 201, body: home });
  const path = `/auth/addresses/${made.body.id}`;
  expect(made.headers.location).toBe(`/api${path}`);
  const stranger = bearer(theirs.tokens.accessToken);
  expect((await auth.request('GET', path, { headers: stranger })).status).toBe(404);
  const shown = await auth.request('GET', path, { headers });
  expect(shown).toMatchObject({ status: 200, body: made.body, headers: { etag: '"v1"' } });
  expect((await auth.request('PUT', path, { headers: stranger, body: home })).status).toBe(404);
  expect((await auth.request('DELETE', path, { headers: stranger })).status).toBe(404);
  expect((await auth.request('GET', '/auth/addresses', { headers: stranger })).body.data).toEqual([]);

  const moved = await auth.request('PUT', path, { headers, body: { ...home, line1: '2 Main Street' } });
  expect(moved).toMatchObject({ status: 200, body: { line1: '2 Main Street' } });
  expect((await auth.request('PUT', path, { headers: { ...headers, 'if-match': '"v1"' }, body: home })).status).toBe(412);
  expect((await auth.request('GET', '/auth/addresses', { headers })).body.data).toEqual([moved.body]);
  expect((await auth.request('DELETE', path, { headers: { ...headers, 'if-match': '"v1"' } })).status).toBe(412);
  expect((await auth.request('DELETE', path, { headers })).status).toBe(204);
  expect((await auth.request('GET', '/auth/addresses', { headers })).body.data).toEqual([]);

  const updates = (await auth.published(userUpdated)).filter(
    ({ subject, data }) => subject === mine.userId && data.changed.includes('addresses'),
  );
  expect(updates).toHaveLength(3);
  expect(JSON.stringify(updates)).not.toContain('Main Street');
});

test('refuses an address without a country, and more than fifty', async () => {
  const headers = bearer((await newCustomer(auth)).tokens.accessToken);
  const add = (body: object) => auth.request('POST', '/auth/addresses', { headers, body });
  expect((await add({ ...home, country: 'us' })).status).toBe(422);
  expect((await add({ ...home, isDefault: true })).status).toBe(422);
  for (let count = 0; count < 50; count += 1) expect((await add(home)).status).toBe(201);
  expect(await add(home)).toMatchObject({ status: 409, body: { code: 'auth.address_book_full' } });
});
