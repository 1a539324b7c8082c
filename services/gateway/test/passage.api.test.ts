import { request as httpRequest } from 'node:http';
import { customer, eventually } from '@souk/testing';
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

const ask = (method: string, path: string, options?: Parameters<StubbedGateway['gateway']['request']>[2]) =>
  stub.gateway.request(method, path, options);

describe('routing', () => {
  test('hands method, path, query and body on and the answer back', async () => {
    stub.answerWith((request) => ({
      ...echo(request),
      status: 201,
      headers: { 'content-type': 'application/json', etag: '"v1"', location: '/api/orders/1' },
    }));
    const answer = await ask('POST', '/api/orders?a=1&b=%20', {
      as: customer(),
      key: 'k-1',
      body: { quoteId: 'q' },
      headers: { 'if-match': '"v1"' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ etag: '"v1"', location: '/api/orders/1', 'souk-version': '1' });
    expect(answer.body).toMatchObject({ method: 'POST', path: '/orders?a=1&b=%20', body: '{"quoteId":"q"}' });
    expect(answer.body.headers).toMatchObject({
      'idempotency-key': 'k-1',
      'if-match': '"v1"',
      authorization: expect.stringMatching(/^Bearer /),
    });
  });

  test('serves /api/v1 as /api', async () => {
    expect((await ask('GET', '/api/v1/brands?q=tea')).body.path).toBe('/brands?q=tea');
  });

  test.each([
    ['an unknown prefix', 'GET', '/api/nothing'],
    ['a name that objects have', 'GET', '/api/constructor'],
    ['an unknown path of a known service', 'GET', '/api/orders/1/2/3'],
    ['an internal path', 'GET', '/api/internal/orders'],
    ['an operation for services below a public prefix', 'GET', '/api/auth/revocations'],
    ['a path that its declarer does not own', 'GET', '/api/brands/stolen'],
    ['a path that climbs', 'GET', '/api/orders/%2e%2e'],
    ['a path outside the interface', 'GET', '/orders'],
  ])('answers 404 for %s', async (_case, method, path) => {
    const answer = await ask(method, path, { as: customer(), headers: { 'dapr-api-token': 'wrong' } });
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'not_found', instance: expect.any(String), requestId: expect.any(String) },
    });
    expect(stub.asked).toEqual([]);
  });

  test('answers 405 with the methods that there are', async () => {
    const answer = await ask('DELETE', '/api/orders', { as: customer() });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST' }, body: { code: 'method_not_allowed' } });
    expect((await ask('POST', '/api/orders/holds', { as: customer(), body: {} })).status).toBe(405);
  });

  test('answers 503 with Retry-After while a service has not told its operations', async () => {
    const answer = await ask('GET', '/api/shops');
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'gateway.service_away' } });
  });

  test('knows a service as soon as it answers', async () => {
    stub.gateway.sidecar.onInvoke('debt', () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ info: { description: '' }, paths: { '/debts': { get: {} } }, components: { schemas: {} } }),
    }));
    await eventually(async () => expect((await ask('GET', '/api/debts')).status).toBe(200));
  });
});

describe('headers', () => {
  test('what sidecars and proxies vouch for is not taken from a client', async () => {
    const headers = {
      'dapr-caller-app-id': 'sales',
      'dapr-app-id': 'auth',
      'x-souk-client-ip': '9.9.9.9',
      'x-forwarded-for': '9.9.9.9',
      forwarded: 'for=9.9.9.9',
    };
    const { body } = await ask('GET', '/api/brands', { headers });
    expect(body.headers).toMatchObject({ 'dapr-caller-app-id': 'gateway', 'x-souk-client-ip': '127.0.0.1' });
    for (const name of ['dapr-app-id', 'x-forwarded-for', 'forwarded']) expect(body.headers).not.toHaveProperty([name]);
  });

  test('hop-by-hop headers end here, those that Connection names too', async () => {
    const received = await new Promise<string>((resolve, reject) => {
      const headers = {
        connection: 'keep-alive, X-Private',
        'x-private': 'no',
        'keep-alive': 'timeout=5',
        te: 'trailers',
        'x-kept': 'yes',
      };
      httpRequest(`${stub.gateway.url}/api/brands`, { headers }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      })
        .on('error', reject)
        .end();
    });
    const { headers }: { headers: Record<string, string> } = JSON.parse(received);
    expect(headers['x-kept']).toBe('yes');
    for (const name of ['x-private', 'keep-alive', 'te']) expect(headers[name]).toBeUndefined();
  });

  test('keeps a request id and a trace, in and out', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers, body } = await ask('GET', '/api/brands', { headers: { 'x-request-id': 'mine-1', traceparent } });
    expect(headers['x-request-id']).toBe('mine-1');
    expect(body.headers).toMatchObject({ 'x-request-id': 'mine-1', traceparent });
  });

  test('makes a request id and a trace where there are none, or none that can be kept', async () => {
    const { headers, body } = await ask('GET', '/api/brands', { headers: { 'x-request-id': 'not plain!' } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(body.headers['x-request-id']).toBe(headers['x-request-id']);
    expect(body.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

describe('tokens', () => {
  test.each([
    ['none', undefined],
    ['one that is forged', 'Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6InRlc3QifQ.eyJ1c2VySWQiOiIxIn0.AAAA'],
    ['one of no algorithm', 'Bearer eyJhbGciOiJub25lIn0.eyJ1c2VySWQiOiIxIn0.'],
    ['another scheme', 'Basic YTpi'],
  ])('answers 401 on a secured route for %s', async (_case, authorization) => {
    const answer = await ask('GET', '/api/orders', authorization === undefined ? {} : { headers: { authorization } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(stub.asked).toEqual([]);
  });

  test('a public route is open whatever token comes', async () => {
    expect((await ask('GET', '/api/brands', { headers: { authorization: 'Bearer old' } })).status).toBe(200);
  });

  test('a route for guests too takes none, and refuses one that is not valid', async () => {
    expect((await ask('GET', '/api/cart')).status).toBe(200);
    expect((await ask('GET', '/api/cart', { headers: { authorization: 'Bearer old' } })).status).toBe(401);
  });
});
