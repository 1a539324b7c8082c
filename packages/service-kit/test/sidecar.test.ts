import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { envelopeFor, FakeSidecar } from '@souk/testing';
import { conflict, notFound, tooManyRequests, unavailable } from '../src/errors.ts';
import { isRefusal, PublishFailed, Sidecar, StateConflict } from '../src/sidecar.ts';
import { thingMade } from './things.ts';

const token = 'a-token-for-tests-only';

describe('the sidecar', () => {
  const fake = new FakeSidecar({ token, secrets: { 'mongodb-uri': 'mongodb://x', other: 'y' } });
  let port: number;
  let sidecar: Sidecar;

  beforeAll(async () => {
    port = await fake.start();
    sidecar = new Sidecar({ port, token, timeoutMs: 2_000 });
  });
  afterAll(async () => {
    await sidecar.close();
    await fake.stop();
  });
  afterEach(() => {
    fake.isBrokerDown = false;
    fake.published.length = 0;
  });

  it('gives the secrets by name', async () => {
    expect(await sidecar.secrets()).toEqual({ 'mongodb-uri': 'mongodb://x', other: 'y' });
    expect(await sidecar.isReady()).toBe(true);
  });

  it('is not in the way of what an application asks of itself', async () => {
    const asked: (string | undefined)[][] = [];
    const app = createServer(({ url, headers }, response) => {
      asked.push([url, String(headers['dapr-api-token'])]);
      response.end('{}');
    });
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    const own = { app: 'auth', port: (app.address() as AddressInfo).port, token: 'what-sidecars-show-it' };
    const itsSidecar = new Sidecar({ port, token, timeoutMs: 2_000, own });
    expect((await itsSidecar.invoke('auth', { method: 'GET', path: '/auth/revocations' })).status).toBe(200);
    expect(asked).toEqual([['/auth/revocations', own.token]]);
    await itsSidecar.invoke('sales', { method: 'GET', path: '/internal/orders/1' });
    expect(asked).toHaveLength(1);
    await itsSidecar.close();
    app.close();
  });

  it('writes a key first come first served', async () => {
    expect(await sidecar.getState('a/b ?')).toEqual({ value: undefined, etag: undefined });
    await sidecar.setState('a/b ?', { n: 1 }, undefined);
    const { value, etag } = await sidecar.getState('a/b ?');
    expect(value).toEqual({ n: 1 });
    await sidecar.setState('a/b ?', { n: 2 }, etag);
    await expect(sidecar.setState('a/b ?', { n: 3 }, etag)).rejects.toThrow(StateConflict);
    await expect(sidecar.setState('a/b ?', { n: 3 }, undefined)).rejects.toThrow(StateConflict);
    await sidecar.deleteState('a/b ?');
    expect((await sidecar.getState('a/b ?')).value).toBeUndefined();
  });

  it('publishes each envelope as it is', async () => {
    const events = [envelopeFor(thingMade, { name: 'a' }), envelopeFor(thingMade, { name: 'b' })];
    await sidecar.publish('pubsub', 'ecommerce_exchange', events);
    expect(fake.published).toEqual(events);
  });

  it('publishes more than a sidecar takes at once, in their sequence', async () => {
    const events = Array.from({ length: 60 }, () => envelopeFor(thingMade, { name: 'é'.repeat(50_000) }));
    await sidecar.publish('pubsub', 'ecommerce_exchange', events);
    expect(fake.published.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('says that a broker did not take them', async () => {
    fake.isBrokerDown = true;
    await expect(sidecar.publish('pubsub', 'x', [envelopeFor(thingMade, { name: 'a' })])).rejects.toThrow(PublishFailed);
  });

  it('is refused without its token', async () => {
    const stranger = new Sidecar({ port, token: 'wrong', timeoutMs: 500 });
    await expect(stranger.secrets()).rejects.toMatchObject({ code: 'unavailable' });
    await stranger.close();
  });
});

describe('a sidecar that gives no answer', () => {
  let server: Server;
  let sidecar: Sidecar;

  beforeAll(async () => {
    server = createServer((request) => {
      if (request.url?.endsWith('/cut')) request.socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    sidecar = new Sidecar({ port: (server.address() as AddressInfo).port, token, timeoutMs: 100 });
  });
  afterAll(async () => {
    await sidecar.pool.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('is not waited for without end', async () => {
    await expect(sidecar.invoke('sales', { method: 'GET', path: '/x' })).rejects.toMatchObject({ code: 'upstream_timeout' });
  });

  it('is unavailable when it hangs up', async () => {
    await expect(sidecar.invoke('sales', { method: 'GET', path: '/cut' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await sidecar.isReady()).toBe(false);
  });
});

test('a refusal stays what it is, a fault or a conflict may pass', () => {
  expect([notFound(), conflict(), tooManyRequests(), unavailable(), new Error('x')].map(isRefusal)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
