import { gzipSync } from 'node:zlib';
import { customer } from '@souk/testing';
import type { StubbedGateway } from './stub-services.ts';
import { echo, startStubbedGateway } from './stub-services.ts';

let stub: StubbedGateway;

beforeEach(async () => {
  stub = await startStubbedGateway({
    LIMIT_PER_IP: '60',
    LIMIT_PER_USER: '3',
    LIMIT_SIGN_IN_PER_IP: '8',
    LIMIT_SIGN_IN_PER_ACCOUNT: '3',
    TRUSTED_PROXIES: 'loopback',
  });
});
afterEach(() => stub.gateway.stop());

const from = (ip: string) => ({ 'x-forwarded-for': ip });
const login = (email: string, ip: string) =>
  stub.gateway.request('POST', '/api/auth/login', { body: { email, password: 'x' }, headers: from(ip) });
const statuses = async (count: number, ask: (index: number) => Promise<{ status: number }>) => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await ask(index)).status);
  return seen;
};

test('an address is told its budget, and refused with Retry-After beyond it; another address is not', async () => {
  const list = (ip: string) => stub.gateway.request('GET', '/api/brands', { headers: from(ip) });
  const first = await list('198.51.100.1');
  expect(first.headers.ratelimit).toMatch(/^"ip"; r=59; t=\d+$/);
  expect(first.headers['ratelimit-policy']).toMatch(/^"ip"; q=60; w=60; pk=/);
  await statuses(59, () => list('198.51.100.1'));
  const refused = await list('198.51.100.1');
  expect(refused).toMatchObject({
    status: 429,
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    body: { code: 'rate_limited' },
  });
  expect((await list('198.51.100.2')).status).toBe(200);
});

test('a user has one budget from all addresses, whatever the token', async () => {
  const someone = customer();
  const seen = await statuses(4, (index) =>
    stub.gateway.request('GET', '/api/orders', { as: someone, headers: from(`198.51.100.${index}`) }),
  );
  expect(seen).toEqual([200, 200, 200, 429]);
  expect((await stub.gateway.request('GET', '/api/orders', { as: customer() })).status).toBe(200);
});

test('an account has one budget of sign-ins from all addresses, however it is written', async () => {
  stub.answerWith((request) => ({ ...echo(request), status: 200 }));
  const spellings = ['ann@example.com', 'ANN@example.com ', 'Ann@Example.com', 'ann@example.com'];
  expect(await statuses(4, (index) => login(spellings[index] ?? '', `198.51.100.${index}`))).toEqual([200, 200, 200, 429]);
  expect((await login('bob@example.com', '198.51.100.9')).status).toBe(200);
  expect(stub.asked).toHaveLength(4);
  expect(stub.asked[0]?.body.toString()).toBe('{"email":"ann@example.com","password":"x"}');
});

test('an account is counted whatever its body is packed or written in', async () => {
  const text = '{"email":"ann@example.com","password":"x"}';
  const signIn = (body: Buffer, headers: Record<string, string>, index: number) =>
    stub.gateway.request('POST', '/api/auth/login', { body, headers: { ...headers, ...from(`198.51.100.${index}`) } });
  const utf8 = 'application/json; charset=UTF-8';
  const marked = await statuses(4, (index) => signIn(Buffer.from(`\ufeff${text}`), { 'content-type': utf8 }, index));
  expect(marked).toEqual([200, 200, 200, 429]);
  const asked = stub.asked.length;
  const disguised = [
    [gzipSync(text), { 'content-encoding': 'gzip' }],
    [Buffer.from(text, 'utf16le'), { 'content-type': 'application/json; charset=utf-16le' }],
    [Buffer.from(text, 'utf16le'), { 'content-type': 'application/json; charset=utf-8; Charset = "utf-16le"' }],
  ] as const;
  for (const [body, headers] of disguised)
    expect(await signIn(body, headers, 50)).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  expect(stub.asked).toHaveLength(asked);
});

test('an address has a smaller budget of sign-ins, for all accounts', async () => {
  const seen = await statuses(9, (index) => login(`user${index}@example.com`, '198.51.100.77'));
  expect(seen.slice(7)).toEqual([200, 429]);
});

test.each(['/api/auth/login/second-factor', '/api/auth/oidc/example/start', '/api/auth/oidc/example/callback'])(
  '%s is counted as a sign-in',
  async (path) => {
    const seen = await statuses(9, () => stub.gateway.request('POST', path, { body: {}, headers: from('198.51.100.78') }));
    expect(seen.slice(7)).toEqual([200, 429]);
  },
);

test('a sign-in with another body than expected is for auth to refuse, but never a large one', async () => {
  for (const body of ['{', '[]', '{"email":1}', 'null']) {
    const answer = await stub.gateway.request('POST', '/api/auth/login', { body, headers: from('198.51.100.3') });
    expect(answer.body.body).toBe(body);
  }
  expect((await stub.gateway.request('POST', '/api/auth/login', { body: { email: 'x'.repeat(17_000) } })).status).toBe(413);
});
