import {
  getOrderState,
  paymentAuthorised,
  paymentCancelled,
  paymentFailed,
  paymentInitiated,
  paymentSuccess,
} from '@souk/contracts';
import { newId, notFound } from '@souk/service-kit';
import { companyAdmin, customer, eventually, shopStaff, superAdmin } from '@souk/testing';
import type { Till } from './sandbox.ts';
import {
  authorised,
  badCard,
  cancelOrder,
  captured,
  confirm,
  factsOf,
  newOrder,
  openIntent,
  paymentOf,
  placeOrder,
  startTill,
} from './sandbox.ts';

/** Everything here waits on states, which take longer on a machine that is busy. */
jest.setTimeout(30_000);

let till: Till;
beforeAll(async () => {
  till = await startTill();
});
afterAll(() => till.stop());

describe('POST /payments/intent', () => {
  it('opens the one intent of an order and returns it again', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const first = await openIntent(till, order);
    const second = await openIntent(till, order);
    expect(first.status).toBe(201);
    expect(first.headers.location).toBe(`/api/payments/${first.body.paymentId}`);
    expect(first.body).toMatchObject({
      orderId: order.orderId,
      status: 'initiated',
      gateway: 'sandbox',
      amount: 5_000,
      currency: 'USD',
    });
    expect(first.body.clientSecret).toEqual(expect.any(String));
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(await factsOf(till, paymentInitiated, order)).toHaveLength(1);
  });

  it('opens one intent at the gateway for eight who ask at once', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const answers = await Promise.all(Array.from({ length: 8 }, () => openIntent(till, order)));
    expect(new Set(answers.map(({ body }) => body.clientSecret)).size).toBe(1);
    const { paymentId } = answers[0]!.body;
    expect((await till.sandbox('GET', `/intents?reference=${paymentId}`)).body.data).toHaveLength(1);
    expect(await factsOf(till, paymentInitiated, order)).toHaveLength(1);
  });

  it('asks sales for an order it has not heard of, and only shows it to its buyer', async () => {
    const order = newOrder();
    const { orderId, orderNumber, companyId, shopId, customerId, source, paymentMethod, currency, holdUntil } = order.created;
    till.shop.sidecar.answer(getOrderState, ({ params }) => {
      if (params.id !== orderId) throw notFound();
      const state = { status: 'pending', phase: 'open', revision: 1, amount: order.amount } as const;
      return { orderId, orderNumber, companyId, shopId, customerId, source, paymentMethod, currency, holdUntil, ...state };
    });
    expect((await openIntent(till, order, customer())).status).toBe(404);
    expect((await openIntent(till, newOrder())).status).toBe(404);
    expect((await openIntent(till, order)).status).toBe(201);
    await placeOrder(till, order);
    expect((await openIntent(till, order)).status).toBe(200);
  });

  it.each(['cash', 'account'] as const)('needs no intent for %s', async (paymentMethod) => {
    const order = newOrder({ paymentMethod });
    await placeOrder(till, order);
    const answer = await openIntent(till, order);
    expect([answer.status, answer.body.code]).toEqual([409, 'payment.no_intent_needed']);
  });

  it('needs no intent for an order that costs nothing', async () => {
    const order = newOrder({ amount: 0 });
    await placeOrder(till, order);
    expect((await openIntent(till, order)).body.code).toBe('payment.no_intent_needed');
  });

  it('says so when the gateway of the order is not set up', async () => {
    const order = newOrder({ paymentMethod: 'paypal' });
    await placeOrder(till, order);
    expect((await openIntent(till, order)).body.code).toBe('payment.gateway_missing');
  });

  it('refuses an order that was cancelled or is paid', async () => {
    const { order } = await captured(till);
    expect((await openIntent(till, order)).body.code).toBe('payment.order_not_payable');
    const other = newOrder();
    await placeOrder(till, other);
    await cancelOrder(till, other);
    expect((await openIntent(till, other)).body.code).toBe('payment.order_not_payable');
  });

  it('refuses a missing key, a bad body, no token, and super admins', async () => {
    const { shop } = till;
    const order = newOrder();
    const body = { orderId: order.orderId };
    const ask = (options: object) => shop.request('POST', '/payments/intent', { key: newId(), ...options });
    expect((await shop.request('POST', '/payments/intent', { as: order.buyer, body })).status).toBe(400);
    expect((await ask({ as: order.buyer, body: { orderId: 'one' } })).status).toBe(422);
    expect((await ask({ as: order.buyer, body: { ...body, amount: 1 } })).status).toBe(422);
    expect((await ask({ body })).status).toBe(401);
    expect((await ask({ as: superAdmin(), body })).status).toBe(403);
  });

  it('answers 503 and opens nothing while the gateway fails, and works once it answers', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    await till.sandbox('PUT', '/switches', { failNext: 1 });
    expect((await openIntent(till, order)).body.code).toBe('payment.gateway_unanswered');
    expect((await openIntent(till, order)).status).toBe(201);
  });

  it('finds the intent it opened although the reply was lost', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    await till.sandbox('PUT', '/switches', { loseReplies: 1 });
    expect((await openIntent(till, order)).status).toBe(503);
    const { body } = await openIntent(till, order);
    expect((await till.sandbox('GET', `/intents?reference=${body.paymentId}`)).body.data).toHaveLength(1);
  });
});

describe('confirming', () => {
  it('authorises and says so once, with the revision', async () => {
    const { order, paymentId } = await authorised(till);
    const again = await confirm(till, paymentId, { as: order.buyer });
    expect([again.status, again.body.status]).toEqual([200, 'authorised']);
    expect(await factsOf(till, paymentAuthorised, order)).toEqual([
      expect.objectContaining({ paymentId, revision: 1, amount: 5_000 }),
    ]);
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(0);
  });

  it('answers 402 on a decline, tells each attempt once, and lets another card follow', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { paymentId } = (await openIntent(till, order)).body;
    for (const _ of [1, 2]) {
      const refused = await confirm(till, paymentId, { as: order.buyer, card: badCard });
      expect([refused.status, refused.body.code, refused.body.reason]).toEqual([402, 'payment.declined', 'card_declined']);
    }
    expect((await paymentOf(till, order)).status).toBe('failed');
    const answer = await till.shop.request('POST', '/payments/process', {
      as: order.buyer,
      key: newId(),
      body: { paymentId, card: { number: '4242 4242 4242 4242' } },
    });
    expect([answer.status, answer.body.status]).toEqual([200, 'authorised']);
    const failures = await factsOf(till, paymentFailed, order);
    expect(failures.map(({ code, reason }) => [code, reason])).toEqual(Array(2).fill(['card_declined', 'declined']));
  });

  it('answers 422 for a card the gateway does not know, 409 without an intent', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { _id } = await paymentOf(till, order);
    expect((await confirm(till, _id, { as: order.buyer })).body.code).toBe('payment.no_intent');
    await openIntent(till, order);
    const unknown = await confirm(till, _id, { as: order.buyer, card: { number: '5555555555554444' } });
    expect([unknown.status, unknown.body.code]).toEqual([422, 'payment.means_refused']);
    expect((await confirm(till, _id, { as: order.buyer })).status).toBe(200);
  });

  it('refuses two means, none, and strangers', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { paymentId } = (await openIntent(till, order)).body;
    const ask = (body: object) =>
      till.shop.request('POST', `/payments/${paymentId}/confirm`, { as: order.buyer, key: newId(), body });
    expect((await ask({})).status).toBe(422);
    expect((await ask({ card: badCard, paymentMethodId: 'pm_1' })).status).toBe(422);
    expect((await confirm(till, paymentId, { as: customer() })).status).toBe(404);
    expect((await confirm(till, paymentId, { as: shopStaff(order.companyId, [newId()]) })).status).toBe(404);
    expect((await confirm(till, paymentId, { as: companyAdmin(newId()) })).status).toBe(404);
    expect((await confirm(till, paymentId, { as: shopStaff(order.companyId, [order.shopId]) })).status).toBe(200);
  });

  it('finds out at the gateway what a lost reply meant', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { paymentId } = (await openIntent(till, order)).body;
    await till.sandbox('PUT', '/switches', { loseReplies: 1 });
    const answer = await confirm(till, paymentId, { as: order.buyer });
    expect([answer.status, answer.body.status]).toEqual([200, 'authorised']);
    expect(await factsOf(till, paymentAuthorised, order)).toHaveLength(1);
  });

  it('gives the same answer to a repeated key', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { paymentId } = (await openIntent(till, order)).body;
    const request = { as: order.buyer, key: newId(), body: { card: { number: '4242424242424242' } } };
    const first = await till.shop.request('POST', `/payments/${paymentId}/confirm`, request);
    await eventually(async () => {
      const second = await till.shop.request('POST', `/payments/${paymentId}/confirm`, request);
      expect(second.headers['idempotent-replayed']).toBe('true');
      expect(second.body).toEqual(first.body);
    });
  });
});

describe('POST /payments/:id/cancel', () => {
  it('voids the intent, says why, and lets another be opened', async () => {
    const { order, paymentId } = await authorised(till);
    const answer = await till.shop.request('POST', `/payments/${paymentId}/cancel`, { as: order.buyer, key: newId() });
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
    expect(await factsOf(till, paymentCancelled, order)).toEqual([expect.objectContaining({ reason: 'customer' })]);
    const { body } = await openIntent(till, order);
    await confirm(till, paymentId, { as: order.buyer });
    expect(body.paymentId).toBe(paymentId);
    const intents = (await till.sandbox('GET', `/intents?reference=${paymentId}`)).body.data;
    expect(intents.map(({ status }) => status)).toEqual(['cancelled', 'requires_capture']);
  });

  it('refuses a captured payment and a stale If-Match', async () => {
    const { order, paymentId } = await captured(till);
    const ask = (headers = {}) =>
      till.shop.request('POST', `/payments/${paymentId}/cancel`, { as: order.buyer, key: newId(), headers });
    expect((await ask()).body.code).toBe('payment.order_not_payable');
    expect((await ask({ 'if-match': '"v1"' })).status).toBe(412);
  });
});
