import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { productUpdated } from '@souk/contracts';
import { customer } from '@souk/testing';
import type { StubbedGateway } from './stub-services.ts';
import { startStubbedGateway } from './stub-services.ts';

let stub: StubbedGateway;
let price = 100;
let query = 0;

beforeAll(async () => {
  stub = await startStubbedGateway();
});
afterAll(() => stub.gateway.stop());
beforeEach(() => {
  stub.asked.length = 0;
  query += 1;
  stub.answerWith(() => ({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', etag: '"v7"', 'x-secret': 'no' },
    body: JSON.stringify({ price, filler: 'tea '.repeat(500) }),
  }));
});

/** A question that no other test has asked. */
const path = () => `/api/products?q=${query}`;
const ask = (headers: Record<string, string> = {}, method = 'GET') => stub.gateway.request(method, path(), { headers });

test('a stranger is answered from memory, to be asked for again each time, by the ETag of what is said', async () => {
  const first = await ask();
  expect(first).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'public, no-cache', 'content-type': expect.stringMatching(/json/) },
  });
  const { etag } = first.headers;
  expect(etag).not.toBe('"v7"');
  expect(await ask({ 'if-none-match': String(etag) })).toMatchObject({ status: 304, body: '', headers: { etag } });
  expect(await ask()).toMatchObject({ status: 200, headers: { etag } });
  expect(stub.asked).toHaveLength(1);
});

test('headers of one client reach neither the service nor another client', async () => {
  const poison = {
    'x-forwarded-host': 'evil.example',
    'x-custom': 'evil',
    origin: 'https://evil.example',
    range: 'bytes=0-3',
    'if-none-match': '"x"',
  };
  expect((await ask(poison)).status).toBe(200);
  expect(Object.keys(stub.asked[0]?.headers ?? {}).filter((name) => name in poison)).toEqual([]);
  const { headers, body } = await ask();
  expect(headers['access-control-allow-origin']).toBeUndefined();
  expect(body.price).toBe(100);
  expect(stub.asked).toHaveLength(1);
});

test('who says who they are is asked for each time, and leaves nothing behind', async () => {
  for (const headers of [{ authorization: 'Bearer x' }, { cookie: 'a=1' }]) {
    await ask(headers);
    await ask(headers);
  }
  await stub.gateway.request('GET', path(), { as: customer() });
  expect(stub.asked).toHaveLength(5);
  await ask();
  expect(stub.asked).toHaveLength(6);
  expect((await stub.gateway.request('GET', '/api/products/export')).status).toBe(401);
});

test('HEAD and GET have one answer', async () => {
  const head = await ask({}, 'HEAD');
  const get = await ask();
  expect(head).toMatchObject({
    status: 200,
    body: '',
    headers: { etag: get.headers.etag, 'content-length': get.headers['content-length'] },
  });
  expect(stub.asked).toHaveLength(1);
});

test('a change that is told of is seen at once', async () => {
  await ask();
  price = 200;
  expect((await ask()).body.price).toBe(100);
  await stub.gateway.tell(productUpdated, productUpdated.example);
  expect((await ask()).body.price).toBe(200);
});

test('its sidecar is told which events it listens to', async () => {
  const { body } = await stub.gateway.request('GET', '/dapr/subscribe');
  const products = 'product.created,product.updated,product.deleted,product.price_changed';
  const categories = 'category.created,category.updated,category.deleted';
  expect(body).toMatchObject([{ pubsubname: 'pubsub-live', metadata: { routingKey: `${products},${categories}` } }]);
});

test('a refusal is passed on as it is, each time', async () => {
  stub.answerWith(() => ({ status: 404, headers: { 'content-type': 'application/problem+json' }, body: '{"code":"not_found"}' }));
  expect(await ask()).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect((await ask()).headers['cache-control']).toBeUndefined();
  expect(stub.asked).toHaveLength(2);
});

test('an answer too large to be held is streamed', async () => {
  const large = JSON.stringify('x'.repeat(3_000_000));
  stub.answerWith(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: large }));
  expect((await ask()).body).toBe(JSON.parse(large));
});

test('a service that fails is a problem, from memory too', async () => {
  stub.answerWith(() => ({ status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>' }));
  expect(await ask()).toMatchObject({ status: 502, body: { code: 'bad_gateway' } });
});

/** The bytes of an answer as they came. */
function raw(url: string, headers: Record<string, string>): Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    httpRequest(stub.gateway.url + url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}

describe('packing', () => {
  test('one answer is packed for each as they take it', async () => {
    const plain = await raw(path(), {});
    const gzip = await raw(path(), { 'accept-encoding': 'gzip' });
    const brotli = await raw(path(), { 'accept-encoding': 'gzip, br' });
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const { headers } of [plain, gzip, brotli]) expect(headers.vary).toMatch(/Accept-Encoding/);
    expect(gzip.headers.etag).toBe(`W/${plain.headers.etag}`);
    expect((await ask({ 'if-none-match': String(gzip.headers.etag) })).status).toBe(304);
    expect(stub.asked).toHaveLength(1);
  });

  test.each([
    ['what is not to be stored, as all with tokens', { 'cache-control': 'no-store' }, 5_000],
    ['what is small', { 'content-length': '500' }, 500],
    ['what is no text', { 'content-type': 'image/png' }, 5_000],
    ['what is packed already', { 'content-encoding': 'x-own' }, 5_000],
  ])('never %s', async (_what, headers, size) => {
    stub.answerWith(() => ({ status: 200, headers: { 'content-type': 'application/json', ...headers }, body: 'x'.repeat(size) }));
    const { body, headers: given } = await raw('/api/brands', { 'accept-encoding': 'br, gzip' });
    expect(body.toString()).toBe('x'.repeat(size));
    expect([undefined, 'x-own']).toContain(given['content-encoding']);
  });

  test('a large answer is packed as it streams', async () => {
    const large = JSON.stringify('tea '.repeat(2_000_000));
    stub.answerWith(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: large }));
    const { body, headers } = await raw('/api/brands', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body).toString() === large).toBe(true);
  });
});
