import { userLoggedOut } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { superAdmin } from '@souk/testing';
import { signingKeys } from '../src/signing-key/signing-key.store.ts';
import { bearer, logIn, mintToken, newCustomer, PASSWORD, refresh, startAuth, statusOf } from './running-auth.ts';

let auth: TestService;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const sidOf = (accessToken: string): string => JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()).sid;

test('rotates a refresh token at each use within one session', async () => {
  const { tokens } = await newCustomer(auth);
  const first = await refresh(auth, tokens.refreshToken);
  expect(first.status).toBe(200);
  expect(first.body.refreshToken).not.toBe(tokens.refreshToken);
  const second = await refresh(auth, first.body.refreshToken);
  expect(sidOf(second.body.accessToken)).toBe(sidOf(tokens.accessToken));
  expect(await statusOf(auth, second.body.accessToken)).toBe(200);
});

test('lets two tabs refresh with one token at the same moment', async () => {
  const { tokens } = await newCustomer(auth);
  const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(auth, tokens.refreshToken)));
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(5);
});

test('ends the session of a spent token that comes back after the grace, for both holders', async () => {
  const { userId, tokens } = await newCustomer(auth);
  const { body: honest } = await refresh(auth, tokens.refreshToken);
  auth.advance(10_001);
  expect(await refresh(auth, tokens.refreshToken)).toMatchObject({ status: 401, body: { code: 'auth.refresh_refused' } });
  expect((await refresh(auth, honest.refreshToken)).status).toBe(401);
  expect(await statusOf(auth, honest.accessToken)).toBe(401);
  const [event] = (await auth.published(userLoggedOut)).filter(({ subject }) => subject === userId);
  expect(event?.data).toMatchObject({ sessionId: sidOf(tokens.accessToken), reason: 'token_reused' });
});

test('takes a reused token in only one of two sessions', async () => {
  const { email, tokens } = await newCustomer(auth);
  const { body: other } = await logIn(auth, email);
  await refresh(auth, tokens.refreshToken);
  auth.advance(10_001);
  await refresh(auth, tokens.refreshToken);
  expect((await refresh(auth, other.refreshToken)).status).toBe(200);
});

test('refuses a refresh token that is made up, and one of more than 30 days', async () => {
  expect((await refresh(auth, 'made-up')).status).toBe(401);
  const { tokens } = await newCustomer(auth);
  auth.advance(30 * 24 * 3600_000 + 1_000);
  expect((await refresh(auth, tokens.refreshToken)).status).toBe(401);
});

test('logs out of one session: its tokens are refused, the other session stands', async () => {
  const { email, tokens } = await newCustomer(auth);
  const { body: other } = await logIn(auth, email);
  expect((await auth.request('POST', '/auth/logout', { headers: bearer(tokens.accessToken) })).status).toBe(204);
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  expect((await refresh(auth, tokens.refreshToken)).status).toBe(401);
  expect(await statusOf(auth, other.accessToken)).toBe(200);
});

test('logs out everywhere, and lets in again at once', async () => {
  const { email, tokens } = await newCustomer(auth);
  const { body: other } = await logIn(auth, email);
  expect((await auth.request('POST', '/auth/logout-all', { headers: bearer(other.accessToken) })).status).toBe(204);
  for (const { accessToken, refreshToken } of [tokens, other]) {
    expect(await statusOf(auth, accessToken)).toBe(401);
    expect((await refresh(auth, refreshToken)).status).toBe(401);
  }
  const { body: again } = await logIn(auth, email);
  expect(await statusOf(auth, again.accessToken)).toBe(200);
});

test('ends many sessions side by side and numbers every revocation', async () => {
  const people = [];
  for (let count = 0; count < 8; count += 1) people.push(await newCustomer(auth));
  const position = async () => Number((await auth.request('GET', '/auth/revocations', { app: 'sales' })).body.cursor);
  const before = await position();
  const answers = await Promise.all(
    people.map(({ tokens }) => auth.request('POST', '/auth/logout', { headers: bearer(tokens.accessToken) })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(204));
  const { body } = await auth.request('GET', `/auth/revocations?after=${before}`, { app: 'sales' });
  expect(body.revocations).toHaveLength(8);
  expect(Number(body.cursor)).toBe(before + 8);
});

test('lists revocations after a cursor, and the recent ones without', async () => {
  const { tokens } = await newCustomer(auth);
  await auth.request('POST', '/auth/logout', { headers: bearer(tokens.accessToken) });
  const ask = async (query = '') => (await auth.request('GET', `/auth/revocations${query}`, { app: 'gateway' })).body;
  const all = await ask();
  expect(all.revocations.at(-1)).toMatchObject({ sid: sidOf(tokens.accessToken) });
  expect(await ask(`?after=${all.cursor}`)).toMatchObject({ revocations: [], cursor: all.cursor });
  auth.advance(20 * 60_000 + 1_000);
  expect(await ask()).toMatchObject({ revocations: [], cursor: all.cursor });
});

test('hides revocations from clients', async () => {
  expect((await auth.request('GET', '/auth/revocations', { as: superAdmin() })).status).toBe(404);
  expect((await auth.request('GET', '/auth/revocations?after=x', { app: 'sales' })).status).toBe(422);
});

test('lists and ends own sessions, and nobody else’s', async () => {
  const [mine, theirs] = [await newCustomer(auth), await newCustomer(auth)];
  const headers = bearer(mine.tokens.accessToken);
  await logIn(auth, mine.email);
  const { body } = await auth.request('GET', '/auth/sessions', { headers });
  expect(body.data).toHaveLength(2);
  expect(body.data.map((session: { isCurrent: boolean }) => session.isCurrent)).toEqual([false, true]);
  expect((await auth.request('DELETE', `/auth/sessions/${sidOf(theirs.tokens.accessToken)}`, { headers })).status).toBe(404);
  expect((await auth.request('DELETE', `/auth/sessions/${body.data[0].id}`, { headers })).status).toBe(204);
  expect((await auth.request('GET', '/auth/sessions', { headers })).body.data).toHaveLength(1);
});

test('changes a password, ends all sessions and begins a new one', async () => {
  const { email, tokens } = await newCustomer(auth);
  const change = (currentPassword: string, newPassword: string) =>
    auth.request('POST', '/auth/change-password', {
      headers: bearer(tokens.accessToken),
      body: { currentPassword, newPassword },
    });
  expect(await change('not the right one', 'a whole new password')).toMatchObject({
    status: 403,
    body: { code: 'auth.wrong_password' },
  });
  expect(await change(PASSWORD, 'password12')).toMatchObject({
    status: 422,
    body: { code: 'auth.weak_password', errors: [{ path: 'body.newPassword' }] },
  });
  const changed = await change(PASSWORD, 'a whole new password');
  expect(changed.status).toBe(200);
  expect(await statusOf(auth, tokens.accessToken)).toBe(401);
  expect(await statusOf(auth, changed.body.accessToken)).toBe(200);
  expect((await refresh(auth, tokens.refreshToken)).status).toBe(401);
  expect((await logIn(auth, email)).status).toBe(401);
  expect((await logIn(auth, email, 'a whole new password')).status).toBe(200);
});

test('voids the links to set another password when it is changed', async () => {
  const { userId, tokens } = await newCustomer(auth);
  const { token } = await mintToken(auth, userId, 'reset');
  const body = { currentPassword: PASSWORD, newPassword: 'a whole new password' };
  expect((await auth.request('POST', '/auth/change-password', { headers: bearer(tokens.accessToken), body })).status).toBe(200);
  expect(
    await auth.request('POST', '/auth/reset-password', { body: { token, password: 'the password of a thief' } }),
  ).toMatchObject({
    status: 422,
    body: { code: 'auth.link_invalid' },
  });
});

test('holds guesses at the current password to ten', async () => {
  const { tokens } = await newCustomer(auth);
  const guess = () =>
    auth.request('POST', '/auth/change-password', {
      headers: bearer(tokens.accessToken),
      body: { currentPassword: 'not the right one', newPassword: 'a whole new password' },
    });
  for (let times = 0; times < 10; times += 1) expect((await guess()).status).toBe(403);
  expect((await guess()).status).toBe(429);
});

test('shows and changes the own profile, guarded by its ETag', async () => {
  const { tokens } = await newCustomer(auth);
  const headers = bearer(tokens.accessToken);
  const shown = await auth.request('GET', '/auth/profile', { headers });
  const etag = String(shown.headers.etag);
  const put = (body: object, match: string) =>
    auth.request('PUT', '/auth/profile', { headers: { ...headers, 'if-match': match }, body });
  const changed = await put({ name: 'Ada B.', phone: '+4930123456', locale: 'de' }, etag);
  expect(changed).toMatchObject({ status: 200, body: { name: 'Ada B.', phone: '+4930123456', locale: 'de' } });
  expect((await put({ name: 'Ada C.' }, etag)).status).toBe(412);
  const cleared = await put({ name: 'Ada C.' }, String(changed.headers.etag));
  expect(cleared.body.phone).toBeUndefined();
  expect((await put({ name: 'Ada C.', role: 'super_admin' }, '*')).status).toBe(422);
  expect((await auth.request('GET', '/auth/me')).status).toBe(401);
});

test('a scrape tells for how long the signing key has been in use', async () => {
  const aged = await startAuth();
  const days = async () => {
    const { body } = await aged.request('GET', '/metrics');
    const seconds = /^souk_key_age_seconds\{key="auth-signing-key",service="auth"\} (\S+)$/m.exec(String(body))?.[1];
    return Math.floor(Number(seconds) / 86_400);
  };
  try {
    expect(await days()).toBe(0);
    aged.advance(400 * 86_400_000);
    expect(await days()).toBe(400);
    const keys = await aged.db(signingKeys).find({});
    expect(keys).toHaveLength(1);
  } finally {
    await aged.stop();
  }
});
