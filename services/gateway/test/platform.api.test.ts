import { SERVICES } from '@souk/contracts';
import { customer, eventually, superAdmin } from '@souk/testing';
import type { StubbedGateway } from './stub-services.ts';
import { startStubbedGateway } from './stub-services.ts';

let stub: StubbedGateway;

beforeAll(async () => {
  stub = await startStubbedGateway({ CORS_ORIGINS: 'https://shop.example, https://office.example' });
});
afterAll(() => stub.gateway.stop());

const ready =
  (checks: Record<string, string>, status = 'ready') =>
  () => ({
    status: status === 'ready' ? 200 : 503,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status, version: '1.2.3', checks }),
  });

describe('GET /api/health/all', () => {
  const read = async (options = {}) => {
    stub.gateway.advance(2_000);
    return stub.gateway.request('GET', '/api/health/all', options);
  };

  test('answers 503 and says which are down', async () => {
    const { status, body } = await read();
    expect(status).toBe(503);
    expect(Object.keys(body.services).sort()).toEqual([...SERVICES].sort());
    expect(body.services).toMatchObject({ sales: { status: 'up' }, debt: { status: 'down' } });
  });

  test('answers 200 when all are up', async () => {
    for (const name of SERVICES) stub.gateway.sidecar.onInvoke(name, ready({ database: 'up', sidecar: 'up', broker: 'up' }));
    expect(await read()).toMatchObject({
      status: 200,
      body: { status: 'up', database: { status: 'up' }, broker: { status: 'up' } },
    });
  });

  test('answers 503 while nobody knows of the broker', async () => {
    for (const name of SERVICES) stub.gateway.sidecar.onInvoke(name, ready({ database: 'up', sidecar: 'up' }));
    expect(await read()).toMatchObject({ status: 503, body: { broker: { status: 'unknown' } } });
  });

  test('answers 503 when one sees the broker or its database down, and tells only super admins why', async () => {
    stub.gateway.sidecar.onInvoke('debt', ready({ database: 'down', sidecar: 'up', broker: 'down' }, 'not_ready'));
    const { status, body } = await read({ as: superAdmin() });
    expect(status).toBe(503);
    expect(body).toMatchObject({ database: { status: 'down' }, broker: { status: 'down' } });
    expect(body.services.debt).toMatchObject({
      status: 'down',
      latencyMs: expect.any(Number),
      version: '1.2.3',
      reason: 'not ready: database, broker',
    });
    expect((await read({ as: customer() })).body.services.debt).toEqual({ status: 'down', sidecar: 'up' });
  });

  test('waits two seconds for a service, no longer', async () => {
    stub.gateway.sidecar.onInvoke('debt', () => new Promise(() => undefined));
    const { body } = await read({ as: superAdmin() });
    expect(body.services.debt).toMatchObject({ status: 'down', reason: expect.stringContaining('in time') });
    expect(body.services.debt.latencyMs).toBeLessThan(4_000);
  });

  test('asks services once a second, however many ask', async () => {
    let asked = 0;
    stub.gateway.sidecar.onInvoke('debt', (request) => {
      if (request.path === '/ready') asked += 1;
      return ready({ database: 'up', sidecar: 'up' })();
    });
    stub.gateway.advance(2_000);
    await Promise.all(Array.from({ length: 20 }, () => stub.gateway.request('GET', '/api/health/all')));
    expect(asked).toBe(1);
  });
});

describe('GET /api/openapi.json', () => {
  test('is one document of what clients may use', async () => {
    const other = await startStubbedGateway();
    await eventually(async () => {
      const { status, body } = await other.gateway.request('GET', '/api/openapi.json');
      expect(status).toBe(200);
      expect(Object.keys(body.paths).sort()).toEqual(
        [
          '/api/asyncapi.json',
          '/api/auth/login',
          '/api/auth/login/second-factor',
          '/api/auth/oidc/{provider}/callback',
          '/api/auth/oidc/{provider}/start',
          '/api/brands',
          '/api/cart',
          '/api/categories',
          '/api/docs',
          '/api/health/all',
          '/api/openapi.json',
          '/api/orders',
          '/api/orders/{id}',
          '/api/products',
          '/api/products/export',
          '/api/products/{id}',
        ].sort(),
      );
      expect(body).toMatchObject({ openapi: '3.1.0', components: { schemas: { Problem: { type: 'object' } } } });
      expect(body.tags).toContainEqual({ name: 'sales', description: 'Is sales.' });
    });
    await other.gateway.stop();
  });
});

describe('CORS', () => {
  const preflight = {
    origin: 'https://shop.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };

  test('answers the preflight of an origin that is named', async () => {
    const { status, headers } = await stub.gateway.request('OPTIONS', '/api/orders', { headers: preflight });
    expect(status).toBe(204);
    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://shop.example', vary: 'Origin' });
    expect(headers['access-control-allow-methods']).toContain('PATCH');
    expect(headers['access-control-allow-headers']).toContain('Idempotency-Key');
  });

  test('lets no other origin read', async () => {
    const { status, headers } = await stub.gateway.request('OPTIONS', '/api/orders', {
      headers: { ...preflight, origin: 'https://evil.example' },
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('lets pages of named origins read answers, problems too, and their headers', async () => {
    const { headers } = await stub.gateway.request('GET', '/api/nothing', { headers: { origin: 'https://office.example' } });
    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://office.example' });
    expect(headers['access-control-expose-headers']).toContain('X-Request-Id');
  });
});

test('every answer has the headers that browsers are told to be careful by', async () => {
  const { headers } = await stub.gateway.request('GET', '/api/nothing');
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  });
  expect(headers['strict-transport-security']).toBeUndefined();
  expect(headers['x-powered-by']).toBeUndefined();
});
