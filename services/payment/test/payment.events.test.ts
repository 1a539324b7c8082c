import { createHmac } from 'node:crypto';
import {
  getOrderState,
  orderCaptureRequested,
  orderCreated,
  orderItemChanged,
  paymentAuthorised,
  paymentCancelled,
  paymentDisputed,
  paymentFailed,
  paymentProcessing,
  paymentRefunded,
  paymentSuccess,
  returnRefundRequested,
} from '@souk/contracts';
import { signatureHeader } from '@souk/payment-sandbox';
import { newId, notFound } from '@souk/service-kit';
import { companyAdmin, envelopeFor, eventually } from '@souk/testing';
import { webhooks } from '../src/webhook/webhook.store.ts';
import type { TestOrder, Till } from './sandbox.ts';
import {
  authorised,
  cancelOrder,
  captured,
  confirm,
  deliverOrder,
  disputedCard,
  factsOf,
  goodCard,
  ledgerOf,
  newOrder,
  openIntent,
  paymentOf,
  placeOrder,
  requestCapture,
  startTill,
  webhooksDelivered,
} from './sandbox.ts';

/** Everything here waits on states, which take longer on a machine that is busy. */
jest.setTimeout(30_000);

let till: Till;
beforeAll(async () => {
  till = await startTill({ GATEWAY_TIMEOUT_MS: '1500' });
});
afterAll(() => till.stop());
afterEach(async () => {
  till.door.isOpen = true;
  await till.sandbox('PUT', '/switches', {});
});

const statusOf = async (order: TestOrder) => (await paymentOf(till, order)).status;
const intentOf = async (order: TestOrder) =>
  (await till.sandbox('GET', `/intents/${(await paymentOf(till, order)).intent?.id}`)).body;

describe('capture', () => {
  it('captures on request and only then, and tells it once for three deliveries', async () => {
    const { order } = await authorised(till);
    expect((await intentOf(order)).capturedAmount).toBe(0);
    for (const _ of [1, 2, 3]) expect(await requestCapture(till, order)).toBe('SUCCESS');
    expect((await intentOf(order)).capturedAmount).toBe(5_000);
    expect(await factsOf(till, paymentSuccess, order)).toEqual([expect.objectContaining({ revision: 1, amount: 5_000 })]);
    expect(await ledgerOf(till, order)).toMatchObject({
      balanced: true,
      accounts: [
        { account: 'gateway_clearing', amount: 5_000 },
        { account: 'sales', amount: -5_000 },
      ],
    });
  });

  it('captures once although the reply was lost, and says that it waits', async () => {
    const { order } = await authorised(till);
    await till.sandbox('PUT', '/switches', { loseReplies: 1, dropWebhooks: 5 });
    expect(await requestCapture(till, order)).toBe('SUCCESS');
    expect(await statusOf(order)).toBe('processing');
    expect(await factsOf(till, paymentProcessing, order)).toHaveLength(1);
    till.advance(5_000);
    await eventually(async () => expect(await statusOf(order)).toBe('captured'));
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
    const movements = (await till.sandbox('GET', '/ledger?limit=1000')).body.data;
    const { intent } = await paymentOf(till, order);
    expect(movements.filter(({ intentId }) => intentId === intent?.id)).toHaveLength(1);
  });

  it('goes on with a capture after the gateway failed several times', async () => {
    const { order } = await authorised(till);
    await till.sandbox('PUT', '/switches', { failNext: 3 });
    await requestCapture(till, order);
    for (const _ of [1, 2, 3]) {
      till.advance(120_000);
      await till.shop.runJob('settle-payments');
    }
    await eventually(async () => expect(await statusOf(order)).toBe('captured'));
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
  });

  it('captures for an order whose creation was not heard of: sales is asked', async () => {
    const order = newOrder({ paymentMethod: 'cash', source: 'pos' });
    till.shop.sidecar.answer(getOrderState, () => {
      throw notFound();
    });
    await requestCapture(till, order);
    expect(await statusOf(order)).toBe('initiated');
    await placeOrder(till, order);
    expect(await statusOf(order)).toBe('captured');
    expect((await ledgerOf(till, order)).accounts).toEqual(
      expect.arrayContaining([expect.objectContaining({ account: `cash_drawer:${order.shopId}`, amount: 5_000 })]),
    );
  });

  it('fails a capture of what was never authorised', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    await openIntent(till, order);
    await requestCapture(till, order);
    expect(await factsOf(till, paymentFailed, order)).toEqual([
      expect.objectContaining({ code: 'not_authorised', reason: 'error' }),
    ]);
    const { _id } = await paymentOf(till, order);
    await confirm(till, _id, { as: order.buyer });
    await requestCapture(till, order);
    expect(await statusOf(order)).toBe('captured');
  });

  it('takes an account order on account', async () => {
    const order = newOrder({ paymentMethod: 'account' });
    await placeOrder(till, order);
    await requestCapture(till, order);
    expect(await statusOf(order)).toBe('captured');
    expect((await ledgerOf(till, order)).accounts).toEqual(
      expect.arrayContaining([expect.objectContaining({ account: 'receivable', amount: 5_000 })]),
    );
  });

  it('takes cash on delivery when the order is delivered, once, also when that is heard first', async () => {
    const order = newOrder({ paymentMethod: 'cash' });
    await deliverOrder(till, order);
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(0);
    await placeOrder(till, order);
    await deliverOrder(till, order);
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
    const card = (await captured(till)).order;
    await deliverOrder(till, card);
    expect(await factsOf(till, paymentSuccess, card)).toHaveLength(1);
  });

  it('settles an order that costs nothing without a gateway', async () => {
    const order = newOrder({ amount: 0 });
    await placeOrder(till, order);
    await requestCapture(till, order);
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
    expect((await ledgerOf(till, order)).accounts).toEqual([]);
  });
});

describe('cancel', () => {
  it('voids what was authorised', async () => {
    const { order } = await authorised(till);
    for (const _ of [1, 2]) await cancelOrder(till, order);
    expect((await intentOf(order)).status).toBe('cancelled');
    expect(await factsOf(till, paymentCancelled, order)).toEqual([expect.objectContaining({ reason: 'order_cancelled' })]);
    await requestCapture(till, order);
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(0);
  });

  it('refunds what was captured, once, for a cancel that comes three times', async () => {
    const { order } = await captured(till);
    for (const _ of [1, 2, 3]) await cancelOrder(till, order);
    expect(await statusOf(order)).toBe('refunded');
    expect((await intentOf(order)).refundedAmount).toBe(5_000);
    expect(await factsOf(till, paymentRefunded, order)).toEqual([
      expect.objectContaining({ refundAmount: 5_000, reason: 'order_cancelled' }),
    ]);
    expect(await ledgerOf(till, order)).toMatchObject({ balanced: true });
  });

  it('refunds a capture that turns out to have happened after the cancel', async () => {
    const { order } = await authorised(till);
    till.door.isOpen = false;
    await till.sandbox('PUT', '/switches', { loseReplies: 1 });
    await requestCapture(till, order);
    expect(await statusOf(order)).toBe('processing');
    await cancelOrder(till, order);
    await eventually(async () => expect(await statusOf(order)).toBe('refunded'));
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
    expect(await factsOf(till, paymentRefunded, order)).toEqual([expect.objectContaining({ reason: 'captured_late' })]);
    expect(await factsOf(till, paymentCancelled, order)).toHaveLength(0);
  });

  it('remembers a cancel that comes before the order', async () => {
    const order = newOrder();
    await cancelOrder(till, order);
    await requestCapture(till, order);
    await placeOrder(till, order);
    expect(await statusOf(order)).toBe('cancelled');
    expect((await openIntent(till, order)).body.code).toBe('payment.order_not_payable');
    expect(await factsOf(till, paymentCancelled, order)).toHaveLength(1);
  });

  it('voids an authorisation that comes after the cancel', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    await openIntent(till, order);
    const { intent } = await paymentOf(till, order);
    // The gateway cannot be reached for the void, but the buyer reaches it.
    await till.sandbox('PUT', '/switches', { failNext: 1 });
    await cancelOrder(till, order);
    expect(await statusOf(order)).toBe('initiated');
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: goodCard });
    till.advance(5_000);
    await eventually(async () => expect(await statusOf(order)).toBe('cancelled'));
    expect((await intentOf(order)).status).toBe('cancelled');
    expect(await factsOf(till, paymentAuthorised, order)).toHaveLength(0);
    expect(await factsOf(till, paymentCancelled, order)).toHaveLength(1);
  });

  it('pays a cancelled cash order back out of the drawer', async () => {
    const order = newOrder({ paymentMethod: 'cash', source: 'pos' });
    await placeOrder(till, order);
    await requestCapture(till, order);
    await cancelOrder(till, order);
    expect(await factsOf(till, paymentRefunded, order)).toHaveLength(1);
    expect(await ledgerOf(till, order)).toMatchObject({ balanced: true });
  });
});

describe('a new revision', () => {
  const change = (order: TestOrder, amount: number, revision = 2) => {
    const pricing = { ...order.created.pricing, subtotal: amount, total: amount };
    return till.shop.deliver(orderItemChanged, { ...order.created, revision, previousRevision: revision - 1, pricing });
  };

  it('with another amount voids the old intent and opens another', async () => {
    const { order, paymentId } = await authorised(till);
    await change(order, 7_000);
    expect(await factsOf(till, paymentCancelled, order)).toEqual([
      expect.objectContaining({ revision: 1, amount: 5_000, reason: 'order_changed' }),
    ]);
    const { body } = await openIntent(till, order);
    expect(body).toMatchObject({ paymentId, revision: 2, amount: 7_000, status: 'initiated' });
    await confirm(till, paymentId, { as: order.buyer });
    await requestCapture(till, { ...order, amount: 5_000 }, 1);
    expect(await statusOf(order)).toBe('authorised');
    await requestCapture(till, { ...order, amount: 7_000 }, 2);
    expect(await factsOf(till, paymentSuccess, order)).toEqual([expect.objectContaining({ revision: 2, amount: 7_000 })]);
    const intents = (await till.sandbox('GET', `/intents?reference=${paymentId}`)).body.data;
    expect(intents.map(({ status }) => status)).toEqual(['cancelled', 'captured']);
  });

  it('with the same amount keeps the authorisation and says so', async () => {
    const { order } = await authorised(till);
    await change(order, 5_000);
    const facts = await factsOf(till, paymentAuthorised, order);
    expect(facts.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('heard before the first one is not undone by it', async () => {
    const order = newOrder();
    await change(order, 6_000);
    await placeOrder(till, order);
    expect(await paymentOf(till, order)).toMatchObject({ revision: 2, amount: 6_000 });
  });
});

describe('returns', () => {
  it('refunds a return once, cut to what was captured, also when heard before the order', async () => {
    const { order } = await captured(till);
    const { orderId, orderNumber, companyId, shopId, customerId } = order.created;
    const returnId = newId();
    const wanted = {
      orderId,
      orderNumber,
      companyId,
      shopId,
      customerId,
      returnId,
      amount: 2_000,
      currency: 'USD',
      paymentMethod: 'sandbox' as const,
      at: new Date().toISOString(),
    };
    for (const _ of [1, 2]) await till.shop.deliver(returnRefundRequested, wanted);
    await till.shop.deliver(returnRefundRequested, { ...wanted, returnId: newId(), amount: 9_000 });
    const facts = await factsOf(till, paymentRefunded, order);
    expect(facts.map(({ refundId, refundAmount, reason }) => [refundId === returnId, refundAmount, reason])).toEqual([
      [true, 2_000, 'return'],
      [false, 3_000, 'return'],
    ]);
    const early = newOrder({ paymentMethod: 'cash' });
    await till.shop.deliver(returnRefundRequested, {
      ...wanted,
      orderId: early.orderId,
      companyId: early.companyId,
      shopId: early.shopId,
      returnId: newId(),
      paymentMethod: 'cash',
    });
    await placeOrder(till, early);
    await deliverOrder(till, early);
    expect(await factsOf(till, paymentRefunded, early)).toEqual([expect.objectContaining({ refundAmount: 2_000 })]);
  });
});

describe('webhooks', () => {
  it('authorises a payment that the buyer confirmed at the gateway, for webhooks twice and shuffled', async () => {
    await till.sandbox('PUT', '/switches', { duplicateWebhooks: true, shuffleWebhooks: true });
    const order = newOrder();
    await placeOrder(till, order);
    await openIntent(till, order);
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: { number: '4000000000000002' } });
    await eventually(async () => expect(await statusOf(order)).toBe('failed'));
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: goodCard });
    await eventually(async () => expect(await statusOf(order)).toBe('authorised'));
    await webhooksDelivered(till);
    await eventually(async () => expect(await till.shop.db(webhooks).count({ dueAt: { $exists: true } })).toBe(0));
    expect(await factsOf(till, paymentAuthorised, order)).toHaveLength(1);
    expect(await factsOf(till, paymentFailed, order)).toHaveLength(1);
  });

  it('tells of a dispute once', async () => {
    const order = newOrder();
    await placeOrder(till, order);
    const { paymentId } = (await openIntent(till, order)).body;
    await confirm(till, paymentId, { as: order.buyer, card: disputedCard });
    await requestCapture(till, order);
    await webhooksDelivered(till);
    await eventually(async () => expect(await till.shop.db(webhooks).count({ dueAt: { $exists: true } })).toBe(0));
    expect(await factsOf(till, paymentDisputed, order)).toEqual([
      expect.objectContaining({ status: 'opened', disputedAmount: 5_000 }),
    ]);
  });

  it('finds an authorisation whose webhook was lost', async () => {
    await till.sandbox('PUT', '/switches', { dropWebhooks: 1 });
    const order = newOrder();
    await placeOrder(till, order);
    await openIntent(till, order);
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: goodCard });
    till.advance(15_000);
    await eventually(async () => expect(await statusOf(order)).toBe('authorised'));
  });

  it('is worked off by the job when its receiver could not ask the gateway', async () => {
    const { shop } = till;
    const _id = `sandbox:${newId()}`;
    const { order, paymentId } = await authorised(till);
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/capture`, { amount: 5_000 });
    await shop.db(webhooks).insertOne({
      _id,
      gateway: 'sandbox',
      type: 'intent.captured',
      paymentId,
      intentId: intent?.id ?? '',
      receivedAt: new Date(0),
      tries: 0,
      dueAt: new Date(0),
    });
    await eventually(async () => expect((await shop.db(webhooks).findOne({ _id }))?.doneAt).toBeDefined());
    expect(await statusOf(order)).toBe('captured');
  });

  it('refuses unsigned, old, changed and unreadable messages, and keeps none of them', async () => {
    const before = await till.shop.db(webhooks).count({});
    const send = (body: string, { seconds = Math.floor(till.now() / 1000), signed = body } = {}) => {
      const digest = createHmac('sha256', 'secret-of-the-tests').update(`${seconds}.${signed}`).digest('hex');
      return till.shop.request('POST', '/payments/webhooks/sandbox', {
        body: Buffer.from(body),
        headers: { [signatureHeader]: `t=${seconds},v1=${digest}` },
      });
    };
    const statuses = [
      await till.shop.request('POST', '/payments/webhooks/sandbox', { body: Buffer.from('{}') }),
      await till.shop.request('POST', '/payments/webhooks/sandbox'),
      await send('{}', { seconds: Math.floor(till.now() / 1000) - 600 }),
      await send('{}', { signed: '{"id":1}' }),
      await send('{}'),
      await send('not json'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401, 422, 422]);
    expect(await till.shop.db(webhooks).count({})).toBe(before);
  });
});

describe('any sequence', () => {
  it('ends in the same books for events three times and shuffled', async () => {
    const random = seeded(7);
    for (let round = 0; round < 6; round += 1) {
      const order = newOrder({ paymentMethod: round % 2 === 0 ? 'cash' : 'account' });
      const { orderId, companyId } = order;
      const events = [
        envelopeFor(orderCreated, order.created),
        envelopeFor(orderCaptureRequested, { orderId, revision: 1, companyId, amount: 5_000, currency: 'USD' }),
      ];
      const thrice = shuffle([...events, ...events, ...events], random);
      for (const event of thrice) await till.shop.deliverEnvelope(event);
      expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
      expect(await ledgerOf(till, order)).toMatchObject({ balanced: true });
    }
  });

  it('keeps ledger, gateway and payments equal after a random sequence of payments, refunds and cancels with faults', async () => {
    const random = seeded(20_261_121);
    const companyId = newId();
    const orders: TestOrder[] = [];
    for (let round = 0; round < 24; round += 1) orders.push(await playOne(companyId, random));
    await till.sandbox('PUT', '/switches', {});
    till.advance(600_000);
    for (const order of orders) await eventually(() => expectSettled(order), { withinMs: 20_000 });
    const books = await ledgerOf(till, orders[0] as TestOrder);
    expect(books.balanced).toBe(true);
    for (const currency of ['USD', 'JPY']) {
      const net = await Promise.all(orders.filter(({ created }) => created.currency === currency).map(netOf));
      const held = (books.accounts as Row[]).filter(
        (row) => row.currency === currency && !['sales', 'refunds'].includes(row.account),
      );
      expect(sum(held.map(({ amount }) => amount))).toBe(sum(net));
    }
  });
});

interface Row {
  currency: string;
  account: string;
  amount: number;
}

const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0);

async function netOf(order: TestOrder): Promise<number> {
  const { capturedAmount, refundedAmount } = await paymentOf(till, order);
  return capturedAmount - refundedAmount;
}

/** One order with what may happen to it, some of it while the gateway fails or loses its replies. */
async function playOne(companyId: string, random: () => number): Promise<TestOrder> {
  const chance = (probability: number) => random() < probability;
  const paymentMethod = (['sandbox', 'sandbox', 'sandbox', 'cash', 'account'] as const)[Math.floor(random() * 5)] ?? 'sandbox';
  const order = newOrder({
    companyId,
    amount: 100 + Math.floor(random() * 10_000),
    paymentMethod,
    currency: chance(0.7) ? 'USD' : 'JPY',
  });
  await till.sandbox('PUT', '/switches', {
    loseReplies: Number(chance(0.3)),
    failNext: Number(chance(0.2)),
    duplicateWebhooks: chance(0.5),
  });
  await placeOrder(till, order);
  const opened = await openIntent(till, order);
  if (opened.status === 201) await confirm(till, opened.body.paymentId, { as: order.buyer });
  await till.sandbox('PUT', '/switches', { loseReplies: chance(0.3) ? 2 : 0 });
  if (chance(0.8)) await requestCapture(till, order);
  if (chance(0.3)) await refundAll(order);
  if (chance(0.3)) await cancelOrder(till, order);
  return order;
}

async function refundAll(order: TestOrder): Promise<void> {
  const { _id } = await paymentOf(till, order);
  await till.shop.request('POST', `/payments/${_id}/refund`, {
    as: companyAdmin(order.companyId),
    key: newId(),
    body: { reason: 'random' },
  });
}

async function expectSettled(order: TestOrder): Promise<void> {
  const { status, refunds, intent, cancel, capturedAmount, refundedAmount } = await paymentOf(till, order);
  expect(status).not.toBe('processing');
  expect(refunds.filter((refund) => refund.status === 'pending')).toEqual([]);
  if (cancel) expect(['cancelled', 'refunded']).toContain(status);
  if (intent) expect(await intentOf(order)).toMatchObject({ capturedAmount, refundedAmount });
  expect(await factsOf(till, paymentSuccess, order)).toHaveLength(capturedAmount > 0 ? 1 : 0);
}

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle<Item>(items: Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
