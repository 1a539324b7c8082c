import {
  userPasswordChanged,
  userPasswordResetRequested,
  userRegistered,
  userRegistrationRepeated,
  userUpdated,
} from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { superAdmin } from '@souk/testing';
import { users } from '../src/user/user.store.ts';
import {
  idOf,
  logIn,
  mintToken,
  newAddress,
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

test('registers a customer, who may log in once the mailed link was followed', async () => {
  const email = newAddress();
  const answer = await register(auth, email);
  expect(answer).toMatchObject({ status: 202, body: { status: 'check_your_mail' } });
  expect(answer.headers['cache-control']).toBe('no-store');
  const userId = await idOf(auth, email);
  expect((await auth.published(userRegistered)).find(({ subject }) => subject === userId)?.data).toMatchObject({
    role: 'customer',
    verificationRequired: true,
  });
  expect(await logIn(auth, email)).toMatchObject({ status: 403, body: { code: 'auth.email_not_verified' } });

  const minted = await mintToken(auth, userId, 'verify');
  expect(minted).toMatchObject({ email, name: 'Ada Example', opens: 'verify_email' });
  expect(await auth.request('POST', '/auth/verify-email', { body: { token: minted.token } })).toMatchObject({ status: 200 });
  expect(await logIn(auth, email)).toMatchObject({
    status: 200,
    body: { tokenType: 'Bearer', expiresIn: 900, user: { id: userId, isVerified: true } },
  });
  const update = (await auth.published(userUpdated)).find(({ subject }) => subject === userId);
  expect(update?.data).toMatchObject({ verified: true, changed: ['isVerified'] });
});

test('says at which company a customer registered, answers all alike, and makes nobody its staff', async () => {
  const { email: known } = await newCustomer(auth);
  const [fresh, companyId] = [newAddress(), crypto.randomUUID()];
  const at = (email: string, body: object) =>
    auth.request('POST', '/auth/register', { body: { email, password: PASSWORD, name: 'Ada Example', ...body } });
  const answers = [await at(fresh, { companyId }), await at(known, { companyId }), await at(newAddress(), {})];
  expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
    Array(3).fill({ status: 202, body: { status: 'check_your_mail' } }),
  );
  const userId = await idOf(auth, fresh);
  const told = (await auth.published(userRegistered)).filter(({ data }) => data.companyId === companyId);
  expect(told.map(({ subject, companyid, data }) => [subject, companyid, data.role])).toEqual([[userId, undefined, 'customer']]);
  expect((await auth.db(users).findOne({ _id: userId }))?.companyId).toBeUndefined();
  expect((await at(newAddress(), { companyId: 'none' })).status).toBe(422);
});

test('answers a known address alike, makes nothing, and has its owner told', async () => {
  const { email, userId } = await newCustomer(auth);
  const [known, unknown] = [
    await register(auth, email.toUpperCase(), 'another fine password'),
    await register(auth, newAddress()),
  ];
  expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
  expect((await auth.published(userRegistrationRepeated)).map(({ subject }) => subject)).toContain(userId);
  expect((await logIn(auth, email)).status).toBe(200);
  expect((await logIn(auth, email, 'another fine password')).status).toBe(401);
});

test('sends the owner of an address that a stranger registered to set a password, which locks the stranger out', async () => {
  const email = newAddress();
  const stranger = { email, password: 'the password of a stranger', name: 'A Stranger', phone: '+4912345678' };
  await auth.request('POST', '/auth/register', { body: stranger });
  const userId = await idOf(auth, email);
  await register(auth, email);
  const minted = await mintToken(auth, userId, 'known');
  expect(minted.opens).toBe('reset_password');
  await auth.request('POST', '/auth/reset-password', { body: { token: minted.token, password: PASSWORD } });
  const { body } = await logIn(auth, email);
  expect([body.user.name, body.user.phone]).toEqual([email.split('@')[0], undefined]);
  expect((await logIn(auth, email, 'the password of a stranger')).status).toBe(401);
});

test('makes one account of ten registrations side by side', async () => {
  const email = newAddress();
  const answers = await Promise.all(Array.from({ length: 10 }, () => register(auth, email)));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
  expect(await auth.db(users).count({ email })).toBe(1);
});

test.each([
  ['a common password', 'qwertyuiop'],
  ['a common password with padding', 'Password2024'],
  ['one repeated sign', 'aaaaaaaaaaaaaaa'],
  ['the own name', 'Ada Example'],
])('refuses %s', async (_, password) => {
  expect(await register(auth, newAddress(), password)).toMatchObject({ status: 422, body: { code: 'auth.weak_password' } });
});

test.each([
  ['a short password', { password: 'short' }],
  ['an address that is none', { email: 'nobody' }],
  ['an unknown field', { role: 'super_admin' }],
  ['a name of nothing', { name: '  ' }],
  ['a name with an address', { name: 'Win at https://evil.example' }],
  ['a name of two lines', { name: 'Ada\nYou have won' }],
])('refuses %s with 422', async (_, wrong) => {
  const body = { email: newAddress(), password: PASSWORD, name: 'Ada', ...wrong };
  expect(await auth.request('POST', '/auth/register', { body })).toMatchObject({
    status: 422,
    body: { code: 'invalid_request' },
  });
});

test('takes a verification link once, and not after its end', async () => {
  const email = newAddress();
  await register(auth, email);
  const { token } = await mintToken(auth, await idOf(auth, email), 'verify');
  const verify = () => auth.request('POST', '/auth/verify-email', { body: { token } });
  expect([(await verify()).status, (await verify()).status]).toEqual([200, 422]);

  const late = newAddress();
  await register(auth, late);
  const expired = await mintToken(auth, await idOf(auth, late), 'verify');
  auth.advance(3 * 24 * 3600_000 + 1_000);
  expect(await auth.request('POST', '/auth/verify-email', { body: { token: expired.token } })).toMatchObject({
    body: { code: 'auth.link_invalid' },
  });
});

test('resets a password by a mailed link, once, and ends all sessions', async () => {
  const { email, userId, tokens } = await newCustomer(auth);
  expect(await auth.request('POST', '/auth/forgot-password', { body: { email } })).toMatchObject({
    status: 202,
    body: { status: 'check_your_mail' },
  });
  expect((await auth.published(userPasswordResetRequested)).map(({ subject }) => subject)).toContain(userId);
  const { token } = await mintToken(auth, userId, 'reset');
  const reset = () => auth.request('POST', '/auth/reset-password', { body: { token, password: 'a whole new password' } });
  expect(await reset()).toMatchObject({ status: 200, body: { status: 'password_set' } });
  expect((await reset()).status).toBe(422);
  expect((await logIn(auth, email)).status).toBe(401);
  expect((await logIn(auth, email, 'a whole new password')).status).toBe(200);
  expect((await refresh(auth, tokens.refreshToken)).status).toBe(401);
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  expect((await auth.published(userPasswordChanged)).find(({ subject }) => subject === userId)?.data).toMatchObject({
    cause: 'reset',
  });
});

test('answers a reset of an unknown address alike and asks for no mail to anybody', async () => {
  const answer = await auth.request('POST', '/auth/forgot-password', { body: { email: newAddress() } });
  expect(answer).toMatchObject({ status: 202, body: { status: 'check_your_mail' } });
  expect((await auth.published(userPasswordResetRequested)).at(-1)?.data.userId).toBeUndefined();
});

test('asks for at most five mails with a link to one address in an hour, whatever asks for them', async () => {
  const { email, userId } = await newCustomer(auth);
  for (let times = 0; times < 2; times += 1) await register(auth, email);
  for (let times = 0; times < 8; times += 1) await auth.request('POST', '/auth/forgot-password', { body: { email } });
  for (let times = 0; times < 8; times += 1) expect((await register(auth, email)).status).toBe(202);
  const about = async (contract: typeof userPasswordResetRequested | typeof userRegistrationRepeated) =>
    (await auth.published(contract)).filter(({ subject }) => subject === userId);
  expect(await about(userRegistrationRepeated)).toHaveLength(2);
  expect(await about(userPasswordResetRequested)).toHaveLength(2);
});

test('lets an address be registered for which somebody asked too often before', async () => {
  const email = newAddress();
  for (let times = 0; times < 8; times += 1) await auth.request('POST', '/auth/forgot-password', { body: { email } });
  await register(auth, email);
  const userId = await idOf(auth, email);
  expect((await auth.published(userRegistered)).map(({ subject }) => subject)).toContain(userId);
});

test('gives links to notification only', async () => {
  const { userId } = await newCustomer(auth);
  const ask = (app?: string) =>
    auth.request('POST', `/internal/users/${userId}/mail-tokens`, { body: { purpose: 'reset' }, ...(app && { app }) });
  expect([(await ask()).status, (await ask('gateway')).status, (await ask('sales')).status]).toEqual([404, 404, 403]);
});

test('tells services how to reach a user, and 404 of nobody', async () => {
  const { email, userId } = await newCustomer(auth);
  const contact = await auth.request('GET', `/internal/users/${userId}/contact`, { app: 'sales' });
  expect(contact).toMatchObject({ status: 200, body: { userId, email, name: 'Ada Example', isActive: true } });
  expect((await auth.request('GET', `/internal/users/${crypto.randomUUID()}/contact`, { app: 'sales' })).status).toBe(404);
});

test('keeps no secret in clear: no password, refresh or mail token is anywhere in the database or the events', async () => {
  const { email, userId, tokens } = await newCustomer(auth);
  const { token } = await mintToken(auth, userId, 'reset');
  const keyed = await auth.request('POST', '/auth/login', { body: { email, password: PASSWORD }, key: 'a-key-of-a-client' });
  const stored = await everythingStored(auth);
  for (const secret of [PASSWORD, token, tokens.refreshToken, tokens.accessToken, keyed.body.refreshToken])
    expect(stored).not.toContain(secret);
  await auth.published(userRegistered);
  const said = JSON.stringify(auth.sidecar.published);
  for (const secret of [PASSWORD, token, tokens.refreshToken, email]) expect(said).not.toContain(secret);
});

test('tells sales, and nobody else, whose an address is, however it is written', async () => {
  const email = newAddress();
  await register(auth, email);
  const ask = (address: string, app = 'sales') =>
    auth.request('POST', '/internal/users/find-by-email', { app, body: { email: address }, key: crypto.randomUUID() });
  expect((await ask(email.toUpperCase())).body).toEqual({ userId: await idOf(auth, email) });
  expect(await ask(newAddress())).toMatchObject({ status: 200, body: {} });
  expect((await ask(email, 'notification')).status).toBe(403);
  expect((await auth.request('POST', '/internal/users/find-by-email', { as: superAdmin(), body: { email } })).status).toBe(404);
});
