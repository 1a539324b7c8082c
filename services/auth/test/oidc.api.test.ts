import { userIdentityLinked, userLoggedIn, userLoggedOut, userRegistered } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { superAdmin } from '@souk/testing';
import { Secret, TOTP } from 'otpauth';
import { users } from '../src/user/user.store.ts';
import type { Visit } from './openid-provider.ts';
import { CLIENT_ID, CLIENT_SECRET, OpenIdProvider } from './openid-provider.ts';
import {
  bearer,
  idOf,
  logIn,
  newAddress,
  newColleague,
  newCustomer,
  PASSWORD,
  register,
  SUPER_ADMIN,
  startAuth,
  statusOf,
} from './running-auth.ts';
import { everythingStored } from './stored-secrets.ts';

const COMPANY = crypto.randomUUID();
const redirectUri = 'https://shop.example/welcome';

let provider: OpenIdProvider;
let auth: TestService;
beforeAll(async () => {
  provider = await OpenIdProvider.open();
  const own = { name: 'Example', issuer: provider.issuer, clientId: CLIENT_ID, redirectUri };
  const away = { ...own, id: 'away', issuer: 'http://127.0.0.1:9' };
  const all = [
    { ...own, id: 'example' },
    { ...own, id: 'company', companyId: COMPANY, redirectUri: 'https://company.example' },
    away,
  ];
  auth = await startAuth(
    { OIDC_PROVIDERS: JSON.stringify(all), REQUIRE_VERIFIED_EMAIL: 'false' },
    { 'oidc-client-secrets': JSON.stringify({ example: CLIENT_SECRET, company: CLIENT_SECRET }) },
  );
});
afterAll(async () => {
  await auth.stop();
  await provider.close();
});

const start = async (id = 'example') => (await auth.request('POST', `/auth/oidc/${id}/start`)).body;
const finish = (body: object, id = 'example') => auth.request('POST', `/auth/oidc/${id}/callback`, { body });

/** A whole login by somebody with that address. */
async function enter(email: string, visit: Visit = {}, id = 'example') {
  const { authorizationUrl, flow } = await start(id);
  const claims = { email, email_verified: true, name: 'Ada Example', ...visit.claims };
  return finish({ ...provider.visit(authorizationUrl, { ...visit, claims }), flow }, id);
}

const REFUSED = { status: 401, body: { code: 'auth.oidc_refused' } };

test('lists the providers that one may log in by, without their secrets', async () => {
  const { body } = await auth.request('GET', '/auth/oidc');
  expect(body).toEqual({
    data: ['example', 'company', 'away'].map((id) => ({ id, name: 'Example' })),
    nextCursor: null,
  });
});

test('makes a customer of somebody new, and knows them again by another address', async () => {
  const [email, sub] = [newAddress(), crypto.randomUUID()];
  const first = await enter(email, { sub });
  expect(first).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: { user: { email, name: 'Ada Example', role: 'customer', isVerified: true } },
  });
  const { id } = first.body.user;
  expect(await statusOf(auth, first.body.accessToken)).toBe(200);
  expect((await auth.published(userRegistered)).find(({ subject }) => subject === id)?.data.verificationRequired).toBe(false);
  expect((await auth.published(userIdentityLinked)).find(({ subject }) => subject === id)?.data.provider).toBe('example');
  expect((await auth.published(userLoggedIn)).find(({ subject }) => subject === id)?.data).toMatchObject({
    method: 'oidc',
    secondFactor: false,
  });
  const again = await enter(newAddress(), { sub, claims: { email_verified: false } });
  expect([again.status, again.body.user.id]).toEqual([200, id]);
  expect(again.body.user).toMatchObject({ email });
  expect((await logIn(auth, email)).status).toBe(401);
});

test('makes one account of one person who comes twice at once', async () => {
  const [email, sub] = [newAddress(), crypto.randomUUID()];
  const answers = await Promise.all([1, 2, 3].map(() => enter(email, { sub })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await auth.db(users).count({ email })).toBe(1);
});

test('joins the account with the same verified address, in any case; its password stays', async () => {
  const { email, userId } = await newCustomer(auth);
  const answer = await enter(email.toUpperCase());
  expect([answer.status, answer.body.user.id]).toEqual([200, userId]);
  expect((await logIn(auth, email)).status).toBe(200);
});

test('locks whoever made the account in wait for its owner out: password, sessions, links, second factor', async () => {
  const email = newAddress();
  await register(auth, email, 'the password of a thief');
  const userId = await idOf(auth, email);
  const { body: thief } = await logIn(auth, email, 'the password of a thief');
  const headers = bearer(thief.accessToken);
  const { body: begun } = await auth.request('POST', '/auth/mfa/enrol', {
    headers,
    body: { password: 'the password of a thief' },
  });
  const code = new TOTP({ secret: Secret.fromBase32(begun.secret) }).generate();
  expect((await auth.request('POST', '/auth/mfa/confirm', { headers, body: { code } })).status).toBe(200);
  const answer = await enter(email);
  expect([answer.status, answer.body.user.id, answer.body.user.isVerified]).toEqual([200, userId, true]);
  expect((await logIn(auth, email, 'the password of a thief')).body.code).toBe('auth.wrong_credentials');
  expect(await statusOf(auth, thief.accessToken)).toBe(401);
  expect((await auth.request('POST', '/auth/refresh-token', { body: { refreshToken: thief.refreshToken } })).status).toBe(401);
  expect((await auth.published(userLoggedOut)).map(({ subject }) => subject)).toContain(userId);
});

test('keeps nothing of what whoever waited for the owner of an address said of them', async () => {
  const email = newAddress();
  const thief = { email, password: 'the password of a thief', name: 'A Thief', phone: '+4912345678', locale: 'de' };
  expect((await auth.request('POST', '/auth/register', { body: thief })).status).toBe(202);
  const headers = bearer((await logIn(auth, email, thief.password)).body.accessToken);
  const address = { name: 'A Thief', line1: 'Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
  expect((await auth.request('POST', '/auth/addresses', { headers, body: address })).status).toBe(201);
  const { user, accessToken } = (await enter(email)).body;
  expect(user.name).toBe('Ada Example');
  for (const field of ['phone', 'locale']) expect(user).not.toHaveProperty(field);
  const book = await auth.request('GET', '/auth/addresses', { headers: bearer(accessToken) });
  expect(book.body.data).toEqual([]);
});

test('who has no password takes a second factor, and gives it up, by a login of just now', async () => {
  const { user, accessToken } = (await enter(newAddress())).body;
  const act = (what: string, body: object = {}) =>
    auth.request('POST', `/auth/mfa/${what}`, { headers: bearer(accessToken), body });
  expect((await act('enrol')).status).toBe(201);
  auth.advance(11 * 60_000);
  const again = { status: 403, body: { code: 'auth.login_again' } };
  expect(await act('enrol', { password: PASSWORD })).toMatchObject(again);
  expect(await act('disable', { code: '000000' })).toMatchObject(again);
  expect(await auth.request('POST', `/users/${user.id}/erase`, { headers: bearer(accessToken), body: {} })).toMatchObject(again);
});

test.each([
  ['not verified', { email_verified: false }],
  ['verified in words only', { email_verified: 'true' }],
  ['not said to be verified', { email_verified: undefined }],
  ['missing', { email: undefined }],
])('refuses an address that is %s, and makes nothing', async (_, claims) => {
  const email = newAddress();
  expect(await enter(email, { claims })).toMatchObject({ status: 403, body: { code: 'auth.address_not_vouched' } });
  expect(await auth.db(users).count({ email })).toBe(0);
});

test.each([
  ['another nonce', { claims: { nonce: 'another' } }],
  ['no nonce', { claims: { nonce: undefined } }],
  ['another audience', { claims: { aud: 'somebody-else' } }],
  ['another issuer', { claims: { iss: 'https://evil.example' } }],
  ['a time that is over', { claims: { exp: Math.floor(Date.now() / 1000) - 600 } }],
  ['the signature of another key', { isForged: true }],
])('refuses an ID token with %s', async (_, visit: Visit) => {
  const email = newAddress();
  expect(await enter(email, visit)).toMatchObject(REFUSED);
  expect(await auth.db(users).count({ email })).toBe(0);
});

test('refuses another state, another browser, another provider and another issuer of the answer', async () => {
  const { authorizationUrl, flow } = await start();
  const back = { ...provider.visit(authorizationUrl, { claims: { email: newAddress(), email_verified: true } }), flow };
  expect(await finish({ ...back, state: 'another' })).toMatchObject(REFUSED);
  expect(await finish({ ...back, flow: (await start()).flow })).toMatchObject(REFUSED);
  expect(await finish(back, 'company')).toMatchObject(REFUSED);
  expect((await finish(back)).status).toBe(200);
  const other = await start();
  const named = { ...provider.visit(other.authorizationUrl, {}), flow: other.flow };
  expect(await finish({ ...named, iss: 'https://evil.example' })).toMatchObject(REFUSED);
});

test('takes a state and a code once, also side by side, and not after ten minutes', async () => {
  const { authorizationUrl, flow } = await start();
  const claims = { email: newAddress(), email_verified: true };
  // Each with a code of its own, which the provider would take.
  const answers = await Promise.all([1, 2, 3].map(() => finish({ ...provider.visit(authorizationUrl, { claims }), flow })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  const first = await start();
  const back = { ...provider.visit(first.authorizationUrl, { claims: { ...claims, email: newAddress() } }), flow: first.flow };
  expect((await finish(back)).status).toBe(200);
  expect(await finish({ ...provider.visit(first.authorizationUrl, { claims }), flow: first.flow })).toMatchObject(REFUSED);
  const next = await start();
  const replayed = { ...provider.visit(next.authorizationUrl, {}), code: back.code, flow: next.flow };
  expect(await finish(replayed)).toMatchObject(REFUSED);
  const late = await start();
  const visited = provider.visit(late.authorizationUrl, { claims: { email: newAddress(), email_verified: true } });
  auth.advance(10 * 60_000 + 1_000);
  expect(await finish({ ...visited, flow: late.flow })).toMatchObject(REFUSED);
});

test('a provider of customers opens no staff account, and a company’s only those of its own staff', async () => {
  const [own, foreign] = [
    await newColleague(auth, 'shop_staff', COMPANY),
    await newColleague(auth, 'company_admin', crypto.randomUUID()),
  ];
  const customer = await newCustomer(auth);
  const refused = { status: 403, body: { code: 'auth.not_for_provider' } };
  for (const email of [own.email, foreign.email, SUPER_ADMIN.email]) expect(await enter(email)).toMatchObject(refused);
  for (const email of [foreign.email, SUPER_ADMIN.email, customer.email, newAddress()])
    expect(await enter(email, {}, 'company')).toMatchObject(refused);
  expect(await enter(own.email, {}, 'company')).toMatchObject({ status: 200, body: { user: { id: own.userId } } });
});

test('refuses an account that is switched off', async () => {
  const { email, userId } = await newCustomer(auth);
  const sub = crypto.randomUUID();
  await enter(email, { sub });
  await auth.request('POST', `/users/${userId}/deactivate`, { as: superAdmin() });
  for (const who of [{ sub }, {}])
    expect(await enter(email, who)).toMatchObject({ status: 403, body: { code: 'auth.account_deactivated' } });
});

test('asks for the second factor where one is on', async () => {
  const { email, tokens } = await newCustomer(auth);
  const headers = bearer(tokens.accessToken);
  const { body: begun } = await auth.request('POST', '/auth/mfa/enrol', { headers, body: { password: PASSWORD } });
  const totp = new TOTP({ secret: Secret.fromBase32(begun.secret) });
  const code = (ahead: number) => totp.generate({ timestamp: auth.running.runtime.now().getTime() + ahead });
  await auth.request('POST', '/auth/mfa/confirm', { headers, body: { code: code(0) } });
  const asked = await enter(email);
  expect(asked).toMatchObject({ status: 401, body: { code: 'auth.second_factor_required' } });
  const body = { challenge: asked.body.challenge, code: code(30_000) };
  expect((await auth.request('POST', '/auth/login/second-factor', { body })).status).toBe(200);
  expect((await auth.published(userLoggedIn)).at(-1)?.data).toMatchObject({ method: 'oidc', secondFactor: true });
});

test('says so when a provider does not answer, and goes on when it does again', async () => {
  const awayNow = { status: 503, body: { code: 'auth.provider_away' } };
  expect(await auth.request('POST', '/auth/oidc/away/start')).toMatchObject(awayNow);
  expect((await auth.request('POST', '/auth/oidc/nobody/start')).status).toBe(404);
  const { authorizationUrl, flow } = await start();
  provider.failsWith = 503;
  expect(await finish({ ...provider.visit(authorizationUrl, {}), flow })).toMatchObject(awayNow);
  provider.failsWith = undefined;
  expect((await enter(newAddress())).status).toBe(200);
});

test('keeps neither state nor secret of a login in clear', async () => {
  const { authorizationUrl, flow } = await start();
  const stored = await everythingStored(auth);
  for (const secret of [flow, new URL(authorizationUrl).searchParams.get('state')]) expect(stored).not.toContain(secret);
});

test.each([
  ['not JSON', '['],
  ['without an issuer', '[{"id":"one","name":"One","clientId":"c","redirectUri":"https://shop.example"}]'],
  [
    'sent back to a page with a query',
    JSON.stringify([{ id: 'one', name: 'One', issuer: 'https://p.example', clientId: 'c', redirectUri: `${redirectUri}?a=b` }]),
  ],
])('does not start with providers that are %s', async (_, list) => {
  await expect(startAuth({ OIDC_PROVIDERS: list })).rejects.toThrow('OIDC_PROVIDERS');
});
