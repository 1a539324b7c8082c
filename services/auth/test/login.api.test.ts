import { userLocked, userLoggedIn, userLoginFailed } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { users } from '../src/user/user.store.ts';
import { bearer, logIn, logInFrom, newAddress, newCustomer, PASSWORD, SUPER_ADMIN, startAuth } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const MINUTES_MS = 60_000;

test('logs the first super admin in, made from secrets', async () => {
  const answer = await logIn(auth, SUPER_ADMIN.email, SUPER_ADMIN.password);
  expect(answer).toMatchObject({ status: 200, body: { user: { role: 'super_admin', shopIds: [] } } });
  expect(answer.headers['cache-control']).toBe('no-store');
  const verified = await auth.request('GET', '/auth/verify', { headers: bearer(answer.body.accessToken) });
  expect(verified).toMatchObject({ status: 200, body: { role: 'super_admin', userId: answer.body.user.id } });
});

test('signs ES256 tokens with the published key, named by its thumbprint', async () => {
  const { body } = await logIn(auth, SUPER_ADMIN.email, SUPER_ADMIN.password);
  const [header, payload] = (body.accessToken as string).split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const { body: jwks } = await auth.request('GET', '/.well-known/jwks.json');
  expect(JSON.parse(header!)).toMatchObject({ alg: 'ES256', kid: jwks.keys[0].kid });
  const claims = JSON.parse(payload!);
  expect(claims).toMatchObject({ role: 'super_admin', iss: 'souk', aud: 'souk-api', email: SUPER_ADMIN.email, shopIds: [] });
  expect(claims.exp - claims.iat).toBe(900);
  expect(Object.keys(jwks.keys[0])).not.toContain('d');
});

test('takes an address in any case', async () => {
  const { email } = await newCustomer(auth);
  expect((await logIn(auth, email.toUpperCase())).status).toBe(200);
});

test('says that a session began, with its id', async () => {
  const { userId } = await newCustomer(auth);
  const event = (await auth.published(userLoggedIn)).find(({ subject }) => subject === userId);
  expect(event?.data).toMatchObject({ userId, role: 'customer', method: 'password', secondFactor: false });
});

test('answers an unknown address like a wrong password', async () => {
  const { email } = await newCustomer(auth);
  const wrong = await logIn(auth, email, 'not the right one');
  const unknown = await logIn(auth, newAddress(), 'not the right one');
  const shown = ({ status, body: { requestId: _, ...rest } }: typeof wrong) => ({ status, rest });
  expect(shown(unknown)).toEqual(shown(wrong));
  expect(wrong.status).toBe(401);
  const reasons = (await auth.published(userLoginFailed)).slice(-2).map(({ data }) => [data.reason, data.userId !== undefined]);
  expect(reasons).toEqual([
    ['wrong_password', true],
    ['unknown_account', false],
  ]);
});

test.each(['known', 'unknown'])(
  'locks the pair of a %s account and a network after ten failures, for a quarter of an hour',
  async (kind) => {
    const email = kind === 'known' ? (await newCustomer(auth)).email : newAddress();
    const before = (await auth.published(userLocked)).length;
    const wrong = (ip: string) => logInFrom(auth, ip, { email, password: 'not the right one' });
    for (let times = 0; times < 10; times += 1) expect((await wrong(`198.51.100.${times}`)).status).toBe(401);
    expect(await wrong('198.51.100.99')).toMatchObject({ status: 429, body: { code: 'auth.too_many_failures' } });
    expect((await wrong('203.0.113.1')).status).toBe(401);
    const locked = (await auth.published(userLocked)).slice(before);
    expect(locked).toMatchObject([{ data: { failures: 10 } }]);
    expect(locked[0]?.data.userId !== undefined).toBe(kind === 'known');
    if (kind === 'unknown') return;
    auth.advance(10 * MINUTES_MS);
    const late = await logInFrom(auth, '198.51.100.7', { email, password: PASSWORD });
    expect(late.status).toBe(429);
    // Of the quarter of an hour, what is left.
    const leftSeconds: unknown = Reflect.get(late.body, 'retryAfterSeconds');
    expect(leftSeconds).toBeGreaterThan(200);
    expect(leftSeconds).toBeLessThanOrEqual(300);
    auth.advance(15 * MINUTES_MS + 1_000);
    expect((await logInFrom(auth, '198.51.100.7', { email, password: PASSWORD })).status).toBe(200);
  },
);

test('lets no more than ten guesses through that come at once', async () => {
  const { email } = await newCustomer(auth);
  const answers = await Promise.all(Array.from({ length: 30 }, () => logIn(auth, email, 'not the right one')));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
});

test('forgets failures after a login', async () => {
  const { email } = await newCustomer(auth);
  for (let round = 0; round < 2; round += 1) {
    for (let times = 0; times < 9; times += 1) expect((await logIn(auth, email, 'not the right one')).status).toBe(401);
    expect((await logIn(auth, email)).status).toBe(200);
  }
});

test('hashes passwords anew when the cost has changed', async () => {
  const { email } = await newCustomer(auth);
  const { default: bcrypt } = await import('bcrypt');
  const { createHash } = await import('node:crypto');
  const old = await bcrypt.hash(createHash('sha256').update(PASSWORD).digest('base64'), 5);
  await auth.db(users).updateOne({ email }, { $set: { passwordHash: old } });
  expect((await logIn(auth, email)).status).toBe(200);
  const user = await auth.db(users).findOne({ email });
  expect(bcrypt.getRounds(user!.passwordHash!)).toBe(4);
  expect((await logIn(auth, email)).status).toBe(200);
});
