import type { Call } from './sandbox.ts';
import { apiKey, authoriseTestIntent, captureTestIntent, goodCard, openTestIntent, startTestSandbox } from './sandbox.ts';

let call: Call;
let stop: () => Promise<void>;

beforeEach(async () => {
  ({ call, stop } = await startTestSandbox());
});
afterEach(() => stop());

async function ledger() {
  return (await call('GET', '/v1/ledger')).body.data;
}

describe('opening', () => {
  it('answers an intent that can be read by id and by reference', async () => {
    const input = { amount: 1999, currency: 'EUR', reference: 'pay_7', captureMethod: 'manual', metadata: { orderId: 'o1' } };
    const opened = await call('POST', '/v1/intents', { body: input });
    expect(opened.status).toBe(201);
    expect(opened.body).toMatchObject({ ...input, status: 'requires_confirmation', capturedAmount: 0, refundedAmount: 0 });
    expect(opened.body.id).toMatch(/^sbx_pi_/);
    expect((await call('GET', `/v1/intents/${opened.body.id}`)).body).toEqual(opened.body);
    expect((await call('GET', '/v1/intents?reference=pay_7')).body).toEqual({ data: [opened.body] });
    expect((await call('GET', '/v1/intents?reference=pay_8')).body).toEqual({ data: [] });
  });

  it.each([
    ['an amount of zero', { amount: 0 }],
    ['a fraction', { amount: 1.5 }],
    ['an amount beyond the bound', { amount: 1e13 }],
    ['a currency in small letters', { currency: 'usd' }],
    ['automatic capture', { captureMethod: 'automatic' }],
    ['an unknown field', { colour: 'red' }],
    ['a reference that is too long', { reference: 'x'.repeat(201) }],
  ])('answers 422 to %s and opens nothing', async (_case, wrong) => {
    const answer = await call('POST', '/v1/intents', { body: { amount: 100, currency: 'USD', reference: 'pay_1', ...wrong } });
    expect(answer.status).toBe(422);
    expect(answer.body.error.code).toBe('invalid_request');
    expect((await call('GET', '/v1/intents?reference=pay_1')).body.data).toEqual([]);
  });
});

describe('who may call', () => {
  it('answers 401 without a bearer and with a wrong one', async () => {
    for (const bearer of [null, 'wrong-key', `${apiKey}x`]) {
      for (const [method, path] of [
        ['POST', '/v1/intents'],
        ['GET', '/v1/ledger'],
        ['PUT', '/v1/switches'],
        ['GET', '/v1/webhook'],
      ] as const) {
        const answer = await call(method, path, { bearer });
        expect([answer.status, answer.body.error.code]).toEqual([401, 'invalid_api_key']);
      }
    }
  });

  it('lets the client confirm with its secret only, and tells a stranger nothing', async () => {
    const { body: intent } = await call('POST', '/v1/intents', { body: { amount: 100, currency: 'USD', reference: 'p' } });
    const confirm = (id: string, clientSecret?: string) =>
      call('POST', `/v1/intents/${id}/confirm`, { body: { clientSecret, card: goodCard }, bearer: null });
    const refused = await confirm(intent.id, 'wrong');
    expect([refused.status, refused.body.error.code]).toEqual([401, 'invalid_client_secret']);
    expect((await confirm('sbx_pi_none', intent.clientSecret)).body).toEqual(refused.body);
    expect((await confirm(intent.id)).body).toEqual(refused.body);
    expect((await confirm(intent.id, intent.clientSecret)).body.status).toBe('requires_capture');
  });

  it('answers health without a bearer', async () => {
    expect(await call('GET', '/health', { bearer: null })).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

describe('confirming', () => {
  it.each([
    ['4000000000000002', 'card_declined'],
    ['4000 0000 0000 9995', 'insufficient_funds'],
  ])('answers 402 to %s and leaves the intent to be confirmed again', async (number, code) => {
    const id = await openTestIntent(call);
    const declined = await call('POST', `/v1/intents/${id}/confirm`, { body: { card: { number } } });
    expect([declined.status, declined.body.error.code]).toEqual([402, code]);
    const { body: after } = await call('GET', `/v1/intents/${id}`);
    expect([after.status, after.lastError.code]).toEqual(['requires_confirmation', code]);
    const again = await call('POST', `/v1/intents/${id}/confirm`, { body: { card: goodCard } });
    expect(again.body).toMatchObject({ status: 'requires_capture', lastError: null, card: { brand: 'visa', last4: '4242' } });
  });

  it('answers 422 to a number that is not a test card, without repeating it', async () => {
    const id = await openTestIntent(call);
    const answer = await call('POST', `/v1/intents/${id}/confirm`, { body: { card: { number: '4111111111111111' } } });
    expect([answer.status, answer.body.error.code]).toEqual([422, 'unknown_card']);
    expect(JSON.stringify(answer.body)).not.toContain('4111');
  });

  it('answers 409 to a second confirmation', async () => {
    const id = await authoriseTestIntent(call);
    const answer = await call('POST', `/v1/intents/${id}/confirm`, { body: { card: goodCard } });
    expect([answer.status, answer.body.error.code]).toEqual([409, 'intent_unexpected_state']);
  });

  it('takes a saved card until it is deleted', async () => {
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2099 };
    const saved = await call('POST', '/v1/payment-methods', { body: { card } });
    expect(saved).toMatchObject({ status: 201, body: { brand: 'visa', last4: '4242', expMonth: 12, expYear: 2099 } });
    expect(JSON.stringify(saved.body)).not.toContain('42424242');
    const path = `/v1/payment-methods/${saved.body.id}`;
    expect((await call('GET', path)).body).toEqual(saved.body);
    const confirm = async () => {
      const id = await openTestIntent(call);
      return call('POST', `/v1/intents/${id}/confirm`, { body: { paymentMethod: saved.body.id } });
    };
    expect((await confirm()).body.status).toBe('requires_capture');
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('GET', path)).status).toBe(404);
    expect((await confirm()).body.error.code).toBe('payment_method_unknown');
  });

  it('refuses to save an expired card', async () => {
    const card = { number: '4242424242424242', expMonth: 1, expYear: 2020 };
    expect((await call('POST', '/v1/payment-methods', { body: { card } })).body.error.code).toBe('card_expired');
  });
});

describe('capturing and cancelling', () => {
  it('captures a part once and lets the rest go', async () => {
    const id = await authoriseTestIntent(call, 5000);
    expect((await call('POST', `/v1/intents/${id}/capture`, { body: { amount: 5001 } })).body.error.code).toBe(
      'capture_exceeds_authorised',
    );
    expect((await call('POST', `/v1/intents/${id}/capture`, { body: { amount: 3000 } })).body).toMatchObject({
      status: 'captured',
      capturedAmount: 3000,
    });
    expect((await call('POST', `/v1/intents/${id}/capture`, { body: { amount: 2000 } })).status).toBe(409);
    expect(await ledger()).toMatchObject([{ type: 'capture', intentId: id, amount: 3000, currency: 'USD', reference: 'pay_1' }]);
  });

  it('answers 409 to a capture before the authorisation', async () => {
    const id = await openTestIntent(call);
    expect((await call('POST', `/v1/intents/${id}/capture`, { body: { amount: 1 } })).status).toBe(409);
    expect(await ledger()).toEqual([]);
  });

  it('cancels what is not captured, for good', async () => {
    const id = await authoriseTestIntent(call);
    expect((await call('POST', `/v1/intents/${id}/cancel`)).body.status).toBe('cancelled');
    expect((await call('POST', `/v1/intents/${id}/capture`, { body: { amount: 1 } })).status).toBe(409);
    expect((await call('POST', `/v1/intents/${id}/cancel`)).status).toBe(409);
    expect((await call('POST', `/v1/intents/${await captureTestIntent(call)}/cancel`)).status).toBe(409);
  });

  it('marks the card of disputes as disputed once captured', async () => {
    const id = await captureTestIntent(call, 100, { number: '4000000000000259' });
    expect((await call('GET', `/v1/intents/${id}`)).body.isDisputed).toBe(true);
  });
});

describe('refunding', () => {
  it('gives back in parts and never more than was captured', async () => {
    const id = await captureTestIntent(call, 1000);
    const refund = (amount: number) => call('POST', `/v1/intents/${id}/refunds`, { body: { amount, reason: 'returned' } });
    expect(await refund(600)).toMatchObject({
      status: 201,
      body: { amount: 600, reason: 'returned', status: 'succeeded', intentId: id },
    });
    expect((await refund(401)).body.error.code).toBe('refund_exceeds_captured');
    expect((await refund(400)).status).toBe(201);
    expect((await refund(1)).status).toBe(409);
    expect((await call('GET', `/v1/intents/${id}`)).body.refundedAmount).toBe(1000);
    expect((await call('GET', `/v1/intents/${id}/refunds`)).body.data).toHaveLength(2);
  });

  it('keeps refunds bounded when many come at once', async () => {
    const id = await captureTestIntent(call, 1000);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => call('POST', `/v1/intents/${id}/refunds`, { body: { amount: 70 } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(14);
    expect((await call('GET', `/v1/intents/${id}`)).body.refundedAmount).toBe(980);
  });

  it('answers 404 to refunds of an unknown intent', async () => {
    expect((await call('GET', '/v1/intents/none/refunds')).status).toBe(404);
    expect((await call('POST', '/v1/intents/none/refunds', { body: { amount: 1 } })).status).toBe(404);
  });
});

describe('the ledger', () => {
  it('pages through all movements, whose sums are those of the intents', async () => {
    const amounts = [100, 250, 999];
    for (const amount of amounts) {
      const id = await captureTestIntent(call, amount);
      await call('POST', `/v1/intents/${id}/refunds`, { body: { amount: 40 } });
    }
    const first = (await call('GET', '/v1/ledger?limit=4')).body;
    const rest = (await call('GET', `/v1/ledger?limit=4&after=${first.nextAfter}`)).body;
    expect(rest.nextAfter).toBeNull();
    const sum = (type: string) =>
      [...first.data, ...rest.data].filter((m) => m.type === type).reduce((total, m) => total + m.amount, 0);
    expect([sum('capture'), sum('refund')]).toEqual([1349, 120]);
    const { data: intents } = (await call('GET', '/v1/intents?reference=pay_1')).body;
    for (const intent of intents) {
      expect(intent.refundedAmount).toBeLessThanOrEqual(intent.capturedAmount);
      expect(intent.capturedAmount).toBeLessThanOrEqual(intent.amount);
    }
    expect((await call('GET', '/v1/ledger?limit=0')).status).toBe(422);
  });
});

describe('bad requests', () => {
  it('answers 404, 400, 413 and 422 in the one error shape', async () => {
    const tooLarge = { amount: 1, currency: 'USD', reference: 'x'.repeat(70_000) };
    expect((await call('GET', '/v1/nothing')).body.error.code).toBe('not_found');
    expect((await call('GET', '/v1/intents/%zz')).body.error.code).toBe('malformed_request');
    expect((await call('POST', '/v1/intents', { body: tooLarge })).status).toBe(413);
    expect((await call('POST', '/v1/intents')).body.error.code).toBe('invalid_request');
    expect((await call('GET', '/v1/intents')).status).toBe(422);
    expect((await call('PUT', '/v1/switches', { body: { delayMs: 60_001 } })).status).toBe(422);
    expect((await call('PUT', '/v1/webhook', { body: { url: 'file:///etc/passwd' } })).status).toBe(422);
  });
});
