import type { StubbedGateway } from './stub-services.ts';
import { startStubbedGateway } from './stub-services.ts';

let stub: StubbedGateway;

beforeAll(async () => {
  stub = await startStubbedGateway();
});
afterAll(() => stub.gateway.stop());

const ask = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
  stub.gateway.request(method, path, { headers });

test.each(['/api/docs', '/api/v1/docs'])('every part that the page at %s names is there, with its type', async (path) => {
  const page = await ask(path);
  expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  const named = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '');
  expect(named).toHaveLength(5);
  const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', png: 'image/png', json: 'application/json' };
  for (const name of named) {
    const { pathname } = new URL(name, `http://gateway${path}`);
    const part = await ask(pathname);
    expect({ name, status: part.status, type: String(part.headers['content-type']).split(';')[0] }).toEqual({
      name,
      status: 200,
      type: types[name.split('.').at(-1) ?? ''],
    });
  }
});

test('the page may load nothing from elsewhere and run nothing inline, and has neither', async () => {
  const { headers, body } = await ask('/api/docs');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
  expect(String(body)).not.toMatch(/https?:|\/\/|<script>|<style|\son\w+=|style="/);
});

test('a part that has not changed is not sent again', async () => {
  const { headers } = await ask('/api/docs/swagger-ui.css');
  expect(await ask('/api/docs/swagger-ui.css', 'GET', { 'if-none-match': String(headers.etag) })).toMatchObject({
    status: 304,
    body: '',
  });
});

test.each([
  ['/api/docs/nothing.js', 'GET', 404],
  ['/api/docs/', 'GET', 404],
  ['/api/docs/%2e%2e/package.json', 'GET', 404],
  ['/api/docs/swagger-ui.css', 'POST', 405],
  ['/api/docs', 'POST', 405],
])('%s by %s is %d', async (path, method, status) => {
  expect((await ask(path, method)).status).toBe(status);
});

test('GET /api/asyncapi.json is the document of all events', async () => {
  const { status, body } = await ask('/api/asyncapi.json');
  expect(status).toBe(200);
  expect(body).toMatchObject({ asyncapi: '3.0.0', channels: { 'order.created': { address: 'order.created' } } });
});
