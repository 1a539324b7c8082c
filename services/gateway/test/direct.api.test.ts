import type { RequestListener, Server } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anybody, endpoint, openApiOf } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { config } from '../src/config.ts';
import { service } from '../src/service.ts';

const endpoints = (['GET', 'POST'] as const).map((method) =>
  endpoint({ method, path: '/brands', summary: 'Tries.', access: anybody, run: async () => undefined }),
);
const document = JSON.stringify(openApiOf({ name: 'ecommerce', purpose: 'Is asked directly.', endpoints }));

let upstream: Server;
let gateway: TestService;
let answer: RequestListener;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url === '/openapi.json') response.end(document);
    else answer(request, response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await startTestService(service, { env: { UPSTREAMS: `ecommerce=http://127.0.0.1:${port}`, LOG_LEVEL: 'fatal' } });
  answer = (_request, response) => response.end('{}');
  await eventually(async () => expect((await gateway.request('GET', '/api/brands')).status).toBe(200));
});
afterAll(async () => {
  await gateway.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

test('a service that UPSTREAMS names is asked without the sidecar, with the token that its port wants', async () => {
  answer = ({ url, headers }, response) => response.end(JSON.stringify({ url, headers }));
  const { body } = await gateway.request('GET', '/api/brands?q=tea', { headers: { 'dapr-api-token': 'of a stranger' } });
  const { url, headers } = JSON.parse(String(body));
  expect(url).toBe('/brands?q=tea');
  expect(headers).toMatchObject({ 'dapr-api-token': 'a-token-for-tests-only', 'dapr-caller-app-id': 'gateway' });
});

test.each([256, 12 * 1024, 12 * 1024 + 1, 200_000])(
  'a body of %i bytes passes as it is, whatever bytes it has',
  async (length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => index % 256));
    answer = (_request, response) => response.end(bytes);
    const answered = await fetch(`${gateway.url}/api/brands`);
    expect(answered.headers.get('content-length')).toBe(String(length));
    expect(Buffer.from(await answered.arrayBuffer()).equals(bytes)).toBe(true);
  },
);

test('a service may answer before it has read the body, and the client gets that answer', async () => {
  answer = (_request, response) =>
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"code":"early"}');
  const { status, body } = await gateway.request('POST', '/api/brands', { body: 'x'.repeat(900_000) });
  expect({ status, body }).toEqual({ status: 409, body: { code: 'early' } });
});

test('a client that goes away ends the request to the service', async () => {
  let isGone = false;
  answer = (request, response) => {
    response.on('close', () => {
      isGone = true;
    });
    if (request.method === 'GET') client.destroy();
  };
  const client = httpRequest(`${gateway.url}/api/brands`).on('error', () => undefined);
  client.end();
  await eventually(() => expect(isGone).toBe(true));
});

test('an answer that breaks off breaks off for the client too', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('half', () => response.destroy());
  };
  await expect(gateway.request('GET', '/api/brands')).rejects.toThrow();
});

test('answers 502 when the connection breaks before an answer', async () => {
  answer = (request) => request.socket.destroy();
  expect(await gateway.request('GET', '/api/brands')).toMatchObject({ status: 502, body: { code: 'bad_gateway' } });
});

test.each([
  ['UPSTREAMS', 'ecommerce'],
  ['UPSTREAMS', 'nobody=http://127.0.0.1:1'],
  ['LIMIT_PER_IP', '0'],
])('does not start with %s=%s', (key, value) => {
  expect(config.environment?.safeParse({ [key]: value }).error?.issues[0]?.path[0]).toBe(key);
});
