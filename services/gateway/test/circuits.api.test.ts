import { customer, eventually } from '@souk/testing';
import type { StubbedGateway } from './stub-services.ts';
import { echo, startStubbedGateway } from './stub-services.ts';

let stub: StubbedGateway;

afterEach(() => stub.gateway.stop());

/** Either stays open for the whole test, or is tried soon. */
async function start(openMs: 60_000 | 300): Promise<void> {
  stub = await startStubbedGateway({ CIRCUIT_OPEN_MS: String(openMs), UPSTREAM_TIMEOUT_MS: '20000' });
}

const broken = () => ({ status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>' });
const ask = (path = '/api/brands') => stub.gateway.request('GET', path);
const state = async () =>
  /souk_circuit_open\{[^}]*upstream="ecommerce"[^}]*\} (\S+)/.exec(
    String((await stub.gateway.request('GET', '/metrics')).body),
  )?.[1];

/** Fails until requests are refused without asking. */
async function breakService(): Promise<void> {
  stub.answerWith(broken);
  await eventually(async () => {
    const before = stub.asked.length;
    expect((await ask()).status).toBe(503);
    expect(stub.asked).toHaveLength(before);
  });
}

test('a service that fails is left alone, at once and with Retry-After, and others are not', async () => {
  await start(60_000);
  await breakService();
  expect(await state()).toBe('1');
  const refused = await ask();
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '60' }, body: { code: 'gateway.service_away' } });
  expect((await ask('/api/products?q=1')).status).toBe(503);
  stub.answerWith(echo);
  expect((await stub.gateway.request('GET', '/api/orders', { as: customer() })).status).toBe(200);
});

test('it is tried once after a while, and asked again when it answers', async () => {
  await start(300);
  await breakService();
  stub.asked.length = 0;
  const held = Promise.withResolvers<void>();
  stub.answerWith(async (request) => {
    await held.promise;
    return echo(request);
  });
  const probe = eventually(async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
  });
  await eventually(() => expect(stub.asked).toHaveLength(1));
  expect((await ask()).status).toBe(503);
  expect(stub.asked).toHaveLength(1);
  held.resolve();
  await probe;
  expect(await state()).toBe('0');
  expect((await ask()).status).toBe(200);
});

test('one that fails when it is tried is left alone again', async () => {
  await start(300);
  await breakService();
  stub.asked.length = 0;
  await eventually(() => ask().then(() => expect(stub.asked.length).toBeGreaterThan(0)));
  // Open, or about to be tried once more: not closed.
  expect(['1', '0.5']).toContain(await state());
});

test("a service's own refusals do not open the circuit, and health is asked for while it is open", async () => {
  await start(60_000);
  stub.answerWith(() => ({
    status: 503,
    headers: { 'content-type': 'application/problem+json' },
    body: '{"code":"unavailable"}',
  }));
  for (let index = 0; index < 30; index += 1) await ask();
  expect(stub.asked).toHaveLength(30);
  await breakService();
  stub.gateway.advance(2_000);
  const { body } = await stub.gateway.request('GET', '/api/health/all');
  expect(body).toMatchObject({ services: { ecommerce: { status: 'up' } } });
});

test('requests that cannot be read on their way are their senders own, and open nothing', async () => {
  await start(60_000);
  stub.answerWith(() => ({ status: 431, headers: { 'content-type': 'text/plain' }, body: 'too long' }));
  for (let count = 0; count < 30; count += 1)
    expect(await ask()).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
  stub.answerWith(echo);
  expect((await ask()).status).toBe(200);
  expect(await state()).toBe('0');
});

test('headers are taken only as long as they fit on the way with what the gateway adds', async () => {
  await start(60_000);
  const of = (bytes: number) => stub.gateway.request('GET', '/api/brands', { headers: { 'x-long': 'x'.repeat(bytes) } });
  expect((await of(7_000)).status).toBe(200);
  expect((await of(8_200)).status).toBe(431);
});
