import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { customer, tokenFor } from '@souk/testing';
import type { StubbedGateway } from './stub-services.ts';
import { echo, startStubbedGateway } from './stub-services.ts';

let stub: StubbedGateway;

beforeAll(async () => {
  stub = await startStubbedGateway();
});
afterAll(() => stub.gateway.stop());
beforeEach(() => {
  stub.asked.length = 0;
  stub.answerWith(echo);
});

/** Posts chunks without a length, and gives status and body. */
function postChunks(chunks: readonly Buffer[]): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${tokenFor(customer())}`, 'content-type': 'application/json' };
    const outgoing = httpRequest(`${stub.gateway.url}/api/orders`, { method: 'POST', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    outgoing.on('error', reject);
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end();
  });
}

test('bodies pass unchanged: small, large, and in chunks without a length', async () => {
  stub.answerWith(({ body }) => ({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body }));
  for (const size of [1, 60_000, 70_000, 1024 * 1024]) {
    const sent = randomBytes(size / 2 + 1)
      .toString('hex')
      .slice(0, size);
    expect((await stub.gateway.request('POST', '/api/orders', { as: customer(), body: sent })).body).toBe(sent);
  }
  const chunks = [randomBytes(50_000), randomBytes(50_000)].map((chunk) => Buffer.from(chunk.toString('hex')));
  expect((await postChunks(chunks)).body).toBe(Buffer.concat(chunks).toString());
});

test('what a sidecar would not carry goes on in letters that it does', async () => {
  const headers = { 'user-agent': 'caf\u00e9/1', cookie: 'a=\u00ff\tb', accept: 'application/json' };
  const answer = await stub.gateway.request('GET', '/api/brands', { headers });
  expect(answer.status).toBe(200);
  expect(stub.asked[0]?.headers).toMatchObject({ 'user-agent': 'caf%e9/1', cookie: 'a=%ff\tb', accept: 'application/json' });
});

test('an answer of several megabytes passes whole', async () => {
  const large = randomBytes(4_000_000).toString('hex');
  stub.answerWith(() => ({ status: 200, headers: { 'content-type': 'text/csv' }, body: large }));
  expect((await stub.gateway.request('GET', '/api/brands')).body).toBe(large);
});

test('answers 413 for a body above 1 MiB, whether it says its length or not', async () => {
  const answer = await stub.gateway.request('POST', '/api/orders', { as: customer(), body: 'x'.repeat(1024 * 1024 + 1) });
  expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' }, body: { code: 'body_too_large' } });
  const chunked = await postChunks(Array.from({ length: 20 }, () => Buffer.alloc(64 * 1024, 'x')));
  expect(chunked.status).toBe(413);
  expect(JSON.parse(chunked.body)).toMatchObject({ code: 'body_too_large' });
  expect(stub.asked).toEqual([]);
});

test("a service's own problem passes as it is", async () => {
  const problem = { code: 'sales.not_cancellable', status: 409, title: 'Too late' };
  stub.answerWith(() => ({
    status: 409,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  }));
  expect(await stub.gateway.request('GET', '/api/brands')).toMatchObject({ status: 409, body: problem });
});

test('an answer without a body passes, to HEAD too', async () => {
  stub.answerWith(() => ({ status: 204 }));
  expect(await stub.gateway.request('GET', '/api/brands')).toMatchObject({ status: 204, body: '' });
  stub.answerWith(({ method }) => ({ status: 200, headers: { 'x-method': method, 'content-type': 'text/plain' } }));
  expect(await stub.gateway.request('HEAD', '/api/brands')).toMatchObject({ status: 200, headers: { 'x-method': 'HEAD' } });
});

const direct = (message: string) => () => ({
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errorCode: 'ERR_DIRECT_INVOKE', message }),
});
const foreign = (status: number, type: string, body: string) => () => ({ status, headers: { 'content-type': type }, body });

test.each([
  { what: '503 when nobody runs it', code: 'gateway.service_away', handler: direct('err: no host found with the given ID') },
  { what: '503 when it is not healthy', code: 'gateway.service_away', handler: direct('app is not in a healthy state') },
  { what: '504 when the sidecar gave up waiting', code: 'upstream_timeout', handler: direct('context deadline exceeded') },
  { what: '504 when nothing comes in time', code: 'upstream_timeout', handler: () => new Promise<never>(() => undefined) },
  { what: '502 when something else answers', code: 'bad_gateway', handler: foreign(500, 'text/html', '<h1>') },
  {
    what: '502 when the sidecar does not know us',
    code: 'bad_gateway',
    handler: foreign(401, 'text/plain', 'invalid api token'),
  },
])('a service that fails: $what', async ({ what, code, handler }) => {
  stub.answerWith(handler);
  const status = Number(what.slice(0, 3));
  expect(await stub.gateway.request('GET', '/api/brands')).toMatchObject({ status, body: { code, status } });
});

test('answers 503 when its own sidecar is away, and works again once it is back', async () => {
  const other = await startStubbedGateway();
  await other.gateway.sidecar.stop();
  const answer = await other.gateway.request('POST', '/api/orders', { as: customer(), body: 'x'.repeat(100_000) });
  expect([502, 503]).toContain(answer.status);
  expect((await other.gateway.request('GET', '/api/brands')).status).toBe(503);
  expect((await other.gateway.request('GET', '/health')).status).toBe(200);
  await other.gateway.running.stop();
});
