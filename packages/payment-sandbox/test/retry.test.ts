import type { Call } from './sandbox.ts';
import { authoriseTestIntent, goodCard, openTestIntent, startTestSandbox } from './sandbox.ts';

let call: Call;
let stop: () => Promise<void>;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  ({ call, stop } = await startTestSandbox({ now: () => nowMs }));
});
afterEach(() => stop());

const intentBody = { amount: 100, currency: 'USD', reference: 'pay_1' };

async function countIntents() {
  return (await call('GET', '/v1/intents?reference=pay_1')).body.data.length;
}

describe('an idempotency key', () => {
  it('gives the same answer to the same call, marked as replayed', async () => {
    const first = await call('POST', '/v1/intents', { body: intentBody, key: 'k1' });
    const second = await call('POST', '/v1/intents', { body: intentBody, key: 'k1' });
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([null, 'true']);
    expect(await countIntents()).toBe(1);
  });

  it('opens one intent when twenty calls come at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => call('POST', '/v1/intents', { body: intentBody, key: 'k1' })));
    expect(await countIntents()).toBe(1);
  });

  it('answers 409 to another body or path', async () => {
    const { body: intent } = await call('POST', '/v1/intents', { body: intentBody, key: 'k1' });
    const otherBody = await call('POST', '/v1/intents', { body: { ...intentBody, amount: 101 }, key: 'k1' });
    const otherPath = await call('POST', `/v1/intents/${intent.id}/cancel`, { key: 'k1' });
    for (const answer of [otherBody, otherPath]) {
      expect([answer.status, answer.body.error.code]).toEqual([409, 'idempotency_key_reused']);
    }
    expect(await countIntents()).toBe(1);
  });

  it('replays a decline and records it once', async () => {
    const id = await openTestIntent(call);
    const confirm = () =>
      call('POST', `/v1/intents/${id}/confirm`, { body: { card: { number: '4000000000000002' } }, key: 'c1' });
    expect((await confirm()).status).toBe(402);
    expect((await confirm()).status).toBe(402);
    expect((await call('GET', '/v1/webhook')).body.events.pending).toBe(1);
  });

  it('does not remember a body that was refused as malformed', async () => {
    expect((await call('POST', '/v1/intents', { body: {}, key: 'k1' })).status).toBe(422);
    expect((await call('POST', '/v1/intents', { body: intentBody, key: 'k1' })).status).toBe(201);
  });

  it('keeps the keys of a client apart from those of the server', async () => {
    const { body: intent } = await call('POST', '/v1/intents', { body: intentBody, key: 'k1' });
    const body = { clientSecret: intent.clientSecret, card: goodCard };
    const confirmed = await call('POST', `/v1/intents/${intent.id}/confirm`, { body, key: 'k1', bearer: null });
    expect(confirmed.body.status).toBe('requires_capture');
  });

  it('is forgotten after a day', async () => {
    await call('POST', '/v1/intents', { body: intentBody, key: 'k1' });
    nowMs += 24 * 60 * 60 * 1000 + 1;
    await call('POST', '/v1/intents', { body: intentBody, key: 'k1' });
    expect(await countIntents()).toBe(2);
  });

  it('has at most 255 characters', async () => {
    expect((await call('POST', '/v1/intents', { body: intentBody, key: 'k'.repeat(256) })).status).toBe(400);
  });
});

describe('the switches', () => {
  const set = (body: object) => call('PUT', '/v1/switches', { body });

  it('are all off at first, and a body replaces them all', async () => {
    const off = (await call('GET', '/v1/switches')).body;
    expect(new Set(Object.values(off))).toEqual(new Set([0, false]));
    expect((await set({ declineNext: 2, duplicateWebhooks: true })).body).toEqual({
      ...off,
      declineNext: 2,
      duplicateWebhooks: true,
    });
    expect((await set({ delayMs: 1 })).body).toEqual({ ...off, delayMs: 1 });
  });

  it('loseReplies cuts the connection after the work, and a retry with the key captures once', async () => {
    const id = await authoriseTestIntent(call, 500);
    await set({ loseReplies: 1 });
    const capture = () => call('POST', `/v1/intents/${id}/capture`, { body: { amount: 500 }, key: 'cap' });
    await expect(capture()).rejects.toThrow();
    expect((await call('GET', `/v1/intents/${id}`)).body.status).toBe('captured');
    expect(await capture()).toMatchObject({ status: 200, body: { capturedAmount: 500 } });
    expect((await call('GET', '/v1/ledger')).body.data).toHaveLength(1);
  });

  it('failNext answers 500 before anything is done or remembered', async () => {
    await set({ failNext: 1 });
    expect((await call('POST', '/v1/intents', { body: intentBody, key: 'k1' })).status).toBe(500);
    expect(await countIntents()).toBe(0);
    expect((await call('POST', '/v1/intents', { body: intentBody, key: 'k1' })).status).toBe(201);
  });

  it('declineNext declines a card that would authorise', async () => {
    const id = await openTestIntent(call);
    await set({ declineNext: 1 });
    const confirm = () => call('POST', `/v1/intents/${id}/confirm`, { body: { card: goodCard } });
    expect((await confirm()).body.error.code).toBe('card_declined');
    expect((await confirm()).status).toBe(200);
  });

  it('delayMs holds a call back, and the work is done although its caller has gone', async () => {
    await set({ delayMs: 300 });
    const startedAt = performance.now();
    await call('POST', '/v1/intents', { body: intentBody });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
  });
});
