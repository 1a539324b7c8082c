import { SERVICES } from '@souk/contracts';
import { strFromU8, unzipSync } from 'fflate';
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import { registerCustomer, signIn } from '../../scripts/demo/people.ts';
import type { Platform } from './platform.ts';
import { openSocket, startPlatform, until } from './platform.ts';
import type { Rights } from './rights.ts';
import { expectKnown, findTraces, hireClerk, openRights, PASSWORD, readToken, untilRefused } from './rights.ts';
import { Shopper } from './shopper.ts';

/** What takes a right away reaches every service and every socket, on real sidecars. In full: `npm run prove -- rights`. */

/** What is promised is 2 s; beside other suites the machine is slower, and the proof holds it to the promise. */
const SOON_MS = 8_000;

let platform: Platform;
let rights: Rights;

beforeAll(async () => {
  platform = await startPlatform();
  rights = await openRights(platform);
}, 240_000);
afterAll(() => platform?.stop(), 60_000);

test('all services but the gateway and the sockets have an operation that asks for a token', () => {
  const others = SERVICES.filter((name) => name !== 'gateway' && name !== 'websocket');
  expect(rights.guarded.map(([name]) => name).sort()).toEqual([...others].sort());
});

test('a clerk who is taken from a shop is refused by every service, and their socket is closed', async () => {
  const clerk = await hireClerk(rights);
  const { api, system } = platform;
  const { shopIds, admin } = rights.tenant;
  const { socket } = await openSocket(system.gatewayUrl, clerk.token);
  const closed = new Promise((resolve) => socket.once('disconnect', resolve));
  await expectKnown(rights, clerk.token);
  await api.ask('DELETE', `/shops/${shopIds[0]}/staff/${clerk.userId}`, { token: admin.token });
  await untilRefused(rights, clerk.token, SOON_MS);
  await closed;
  socket.close();
  const fresh = await api.ask('POST', '/auth/refresh-token', { body: { refreshToken: clerk.refreshToken } });
  expect((await api.ask('GET', '/orders', { token: fresh.accessToken })).data).toEqual([]);
}, 60_000);

test('what a company withholds from its clerks is refused with their next token, and given back with the one after', async () => {
  const clerk = await hireClerk(rights);
  const { api } = platform;
  const { companyId, admin } = rights.tenant;
  const withhold = (shop_staff: string[]) =>
    api.ask('PUT', `/companies/${companyId}/permissions`, { token: admin.token, body: { shop_manager: [], shop_staff } });
  const statusOf = async () => (await api.request('GET', '/orders', { token: (await signIn(api, clerk)).token })).status;
  await withhold(['orders:read']);
  await until(statusOf, (status) => status === 403, SOON_MS);
  await withhold([]);
  await until(statusOf, (status) => status === 200, SOON_MS);
}, 60_000);

test('a key that is refused as compromised opens nothing any more, and refreshed tokens do', async () => {
  const { api, superAdmin } = platform;
  const clerk = await hireClerk(rights);
  await expectKnown(rights, clerk.token);
  await api.ask('DELETE', `/auth/keys/${readToken(clerk.token).header.kid}`, { token: superAdmin.token });
  await untilRefused(rights, clerk.token, SOON_MS);
  const fresh = await api.ask('POST', '/auth/refresh-token', { body: { refreshToken: clerk.refreshToken } });
  const statusOf = async () => (await api.request('GET', '/orders', { token: fresh.accessToken })).status;
  await until(statusOf, (status) => status === 200, SOON_MS);
  platform.superAdmin = await signIn(api, superAdmin);
  rights.tenant.admin = await signIn(api, rights.tenant.admin);
}, 60_000);

test('an API key does what its scopes name, until it is deleted', async () => {
  const { api } = platform;
  const { token } = rights.tenant.admin;
  const made = await api.ask('POST', '/auth/api-keys', { token, body: { name: 'Accounting', scopes: ['orders:read'] } });
  const statusOf = async (method: string, path: string) =>
    (await api.request(method, path, { token: made.key, ...(method !== 'GET' && { body: {} }) })).status;
  expect(await statusOf('GET', '/orders')).toBe(200);
  expect(await statusOf('GET', '/products')).toBe(403);
  expect(await statusOf('POST', '/orders')).toBe(403);
  expect(await statusOf('GET', '/auth/me')).toBe(403);
  await api.request('DELETE', `/auth/api-keys/${made.id}`, { token });
  await until(
    () => statusOf('GET', '/orders'),
    (status) => status === 401,
    SOON_MS,
  );
}, 60_000);

test('a person takes all that is held of them, and is erased everywhere', async () => {
  const { api, system } = platform;
  const account = { name: 'Ada Erased', email: 'ada@erased.example.com', password: PASSWORD };
  const ada = await registerCustomer(api, system.mailUrl, account);
  const [product] = await stockCatalogue(api, rights.tenant, { prefix: 'RIGHTS', count: 1, stock: 5 });
  const shopper = new Shopper(platform, ada);
  const order = await shopper.buyOne(rights.tenant.shopIds[0], product);
  const erase = () => api.request('POST', `/users/${ada.userId}/erase`, { token: ada.token, body: { password: PASSWORD } });
  expect((await erase()).body.code).toBe('auth.orders_under_way');
  await api.ask('POST', `/orders/${order.id}/cancel`, { token: ada.token });
  await shopper.reach(order.id, 'cancelled');

  const headers = { authorization: `Bearer ${ada.token}` };
  const answer = await fetch(`${system.gatewayUrl}/api/users/${ada.userId}/export`, { headers });
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  const text = (service: string) => strFromU8(files[`${service}.ndjson`] ?? new Uint8Array());
  expect(text('sales')).toContain(order.id);
  expect(text('auth')).toContain(account.email);
  expect(text('audit')).toContain('order.created');

  const traces = () => findTraces(platform, [account.name, account.email, 'Analytical']);
  expect(await traces()).toEqual(expect.arrayContaining(['authdb.users', 'salesdb.orders']));
  expect((await erase()).status).toBe(204);
  expect((await api.request('POST', '/auth/login', { body: { email: ada.email, password: PASSWORD } })).status).toBe(401);
  await until(traces, (left) => left.length === 0);
}, 90_000);
