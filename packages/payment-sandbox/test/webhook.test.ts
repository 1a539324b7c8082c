import { retryDelayMs } from '../src/delivery.ts';
import { verifySignature } from '../src/index.ts';
import type { Call } from './sandbox.ts';
import { captureTestIntent, openTestIntent, startReceiver, startTestSandbox, until, webhookSecret } from './sandbox.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(statusFor?: (attempt: number) => number, now?: () => number) {
  const receiver = await startReceiver(statusFor);
  const sandbox = await startTestSandbox({ webhookUrl: receiver.url, ...(now ? { now } : {}) });
  stops.push(sandbox.stop, receiver.stop);
  const counts = async () => (await sandbox.call('GET', '/v1/webhook')).body.events;
  const atRest = () => until('no event is pending', async () => (await counts()).pending === 0);
  const types = () => receiver.received.map(({ event }) => event.type).sort();
  return { ...receiver, call: sandbox.call, counts, atRest, types };
}

async function decline(call: Call) {
  const id = await openTestIntent(call);
  await call('POST', `/v1/intents/${id}/confirm`, { body: { card: { number: '4000000000000002' } } });
  return id;
}

it('delivers an event of each kind, signed, with the intent as it was then and without its client secret', async () => {
  const { call, received, types, atRest } = await start();
  const id = await captureTestIntent(call, 700, { number: '4000000000000259' });
  await call('POST', `/v1/intents/${id}/refunds`, { body: { amount: 200 } });
  await call('POST', `/v1/intents/${await decline(call)}/cancel`);
  await atRest();
  expect(types()).toEqual([
    'intent.authorised',
    'intent.cancelled',
    'intent.captured',
    'intent.declined',
    'intent.disputed',
    'intent.refunded',
  ]);
  for (const { rawBody, signature } of received) {
    expect(verifySignature(rawBody, signature, webhookSecret, Date.now())).toBe(true);
    expect(rawBody).not.toContain('_secret_');
  }
  const find = (type: string) => received.find(({ event }) => event.type === type)?.event;
  expect(find('intent.authorised')?.data.intent).toMatchObject({ id, status: 'requires_capture', capturedAmount: 0 });
  expect(find('intent.refunded')?.data).toMatchObject({ intent: { refundedAmount: 200 }, refund: { amount: 200, intentId: id } });
});

it('tries again until the receiver answers 2xx, with the same body', async () => {
  const { call, received, atRest, counts } = await start((attempt) => (attempt < 3 ? 503 : 204));
  await decline(call);
  await atRest();
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ rawBody }) => rawBody)).size).toBe(1);
  expect(await counts()).toEqual({ pending: 0, delivered: 1, dropped: 0, expired: 0 });
});

it('misses no retry that falls due between two looks at the clock', async () => {
  let nowMs = Date.now();
  const step = () => {
    nowMs += 150;
    return nowMs;
  };
  const { call, received, atRest } = await start((attempt) => (attempt < 3 ? 503 : 204), step);
  await decline(call);
  await atRest();
  expect(received).toHaveLength(3);
});

it('waits 200 ms, doubling, at most 30 s', () => {
  expect([1, 2, 3, 8, 9, 1000].map(retryDelayMs)).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
});

it('gives an event up after three days', async () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const { call, received, counts } = await start(
    () => 500,
    () => nowMs,
  );
  await decline(call);
  await until('a first attempt', () => received.length === 1);
  nowMs += 3 * 24 * 60 * 60 * 1000 + 1;
  // Any commit wakes the delivery, which then sees the moved clock.
  await until('it expires', async () => {
    await openTestIntent(call);
    return (await counts()).expired === 1;
  });
  expect(received).toHaveLength(1);
});

it('keeps events until an address is set, and follows a change of address', async () => {
  const first = await startReceiver(() => 500);
  const second = await startReceiver();
  const sandbox = await startTestSandbox();
  stops.push(sandbox.stop, first.stop, second.stop);
  await decline(sandbox.call);
  expect((await sandbox.call('GET', '/v1/webhook')).body).toMatchObject({ url: null, events: { pending: 1 } });
  await sandbox.call('PUT', '/v1/webhook', { body: { url: first.url } });
  await until('the first is tried', () => first.received.length > 0);
  await sandbox.call('PUT', '/v1/webhook', { body: { url: second.url } });
  await until('the second is told', () => second.received.length === 1);
});

it('duplicateWebhooks sends each event twice', async () => {
  const { call, received, atRest } = await start();
  await call('PUT', '/v1/switches', { body: { duplicateWebhooks: true } });
  await decline(call);
  await atRest();
  expect(received.map(({ event }) => event.id)).toHaveLength(2);
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(1);
});

it('dropWebhooks never delivers so many events', async () => {
  const { call, received, atRest, counts } = await start();
  await call('PUT', '/v1/switches', { body: { dropWebhooks: 1 } });
  await decline(call);
  await until('the first is dropped', async () => (await counts()).dropped === 1);
  await decline(call);
  await atRest();
  expect(received).toHaveLength(1);
});

it('shuffleWebhooks lets events overtake one another', async () => {
  const { call, received, atRest } = await start();
  await call('PUT', '/v1/switches', { body: { shuffleWebhooks: true } });
  for (let n = 0; n < 20; n += 1) await decline(call);
  await atRest();
  const times = received.map(({ event }) => event.createdAt);
  expect(times).toHaveLength(20);
  expect(times).not.toEqual([...times].sort());
});

it('webhookDelayMs holds deliveries back', async () => {
  const { call, received, atRest } = await start();
  await call('PUT', '/v1/switches', { body: { webhookDelayMs: 400 } });
  await decline(call);
  await atRest();
  expect(Date.now() - Date.parse(received[0]!.event.createdAt)).toBeGreaterThanOrEqual(400);
});
