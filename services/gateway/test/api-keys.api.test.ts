import { exchangeApiKey } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person } from '@souk/testing';
import { companyAdmin, tokenFor } from '@souk/testing';
import type { StubbedGateway } from './stub-services.ts';
import { echo, startStubbedGateway } from './stub-services.ts';

const KEY = `souk_${'k'.repeat(43)}`;
let stub: StubbedGateway;
let account: Person;
let asked: string[];
let minutes: number;

beforeEach(async () => {
  stub = await startStubbedGateway({ LIMIT_SIGN_IN_PER_IP: '4' });
  [account, asked, minutes] = [{ ...companyAdmin(newId()), scopes: ['orders:read'] }, [], 15];
  stub.answerWith((request) =>
    request.path === exchangeApiKey.path ? exchange(JSON.parse(String(request.body))) : echo(request),
  );
});
afterEach(() => stub.gateway.stop());

function exchange({ key }: { key: string }) {
  asked.push(key);
  const expiresAt = new Date(Date.now() + minutes * 60_000).toISOString();
  const given = { token: tokenFor(account), expiresAt, limitPerMinute: 5 };
  const refusal = { code: 'unauthenticated', title: 'No or bad token', status: 401 };
  return { status: key === KEY ? 200 : 401, headers: {}, body: JSON.stringify(key === KEY ? given : refusal) };
}

const list = (key: string) => stub.gateway.request('GET', '/api/orders', { headers: { authorization: `Bearer ${key}` } });

test('goes on as the token of its account, which is asked for once', async () => {
  const answers = await Promise.all([list(KEY), list(KEY), list(KEY)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(asked).toEqual([KEY]);
  const sent = answers.map(({ body }) => String(body.headers.authorization));
  expect(new Set(sent).size).toBe(1);
  expect(sent[0]).toMatch(/^Bearer ey/);
  expect(JSON.stringify(answers)).not.toContain(KEY);
});

test('is asked for again shortly before its token ends', async () => {
  minutes = 0.6;
  await list(KEY);
  stub.gateway.advance(10_000);
  expect((await list(KEY)).status).toBe(200);
  expect(asked).toHaveLength(2);
});

test('has a budget of its own, and tells it', async () => {
  const seen = [];
  for (let count = 0; count < 6; count += 1) seen.push(await list(KEY));
  expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  expect(String(seen[0]?.headers.ratelimit)).toContain('"api-key"; r=4;');
  expect(seen[5]).toMatchObject({ headers: { 'retry-after': expect.stringMatching(/^\d+$/) }, body: { code: 'rate_limited' } });
});

const guess = (count: number) => list(`souk_${String(count).repeat(43)}`);

test('is refused when it is wrong, and guesses are counted like passwords, before auth is asked', async () => {
  const statuses = [];
  for (let count = 0; count < 6; count += 1) statuses.push((await guess(count)).status);
  expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  expect(stub.asked.map(({ path }) => path)).toEqual(Array(4).fill(exchangeApiKey.path));
});

test('many wrong ones at once reach auth no more often than one may guess', async () => {
  const answers = await Promise.all(Array.from({ length: 9 }, (_, count) => guess(count)));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(4).fill(401), ...Array(5).fill(429)]);
  expect(asked).toHaveLength(4);
});

test('pays nothing for the guesses of its neighbours once it is known', async () => {
  expect((await list(KEY)).status).toBe(200);
  for (let count = 0; count < 5; count += 1) await guess(count);
  expect((await guess(9)).status).toBe(429);
  expect((await list(KEY)).status).toBe(200);
});

test('goes on with a new token when the one it had is good no more', async () => {
  expect((await list(KEY)).status).toBe(200);
  stub.gateway.running.runtime.tokens.revoke({ sid: account.sid, before: Math.ceil(Date.now() / 1000) });
  account = { ...account, sid: newId() };
  const answers = await Promise.all([list(KEY), list(KEY), list(KEY)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(asked).toHaveLength(2);
});

test('is refused once its account has ended', async () => {
  expect((await list(KEY)).status).toBe(200);
  const before = Math.ceil(Date.now() / 1000);
  stub.gateway.running.runtime.tokens.revoke({ sid: account.sid, before });
  expect((await list(KEY)).status).toBe(401);
});
