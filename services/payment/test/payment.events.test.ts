import {
  getOrderState,
  paymentAuthorised,
  paymentCancelled,
  paymentFailed,
  paymentProcessing,
  paymentRefunded,
  paymentSuccess,
} from '@souk/contracts';
import { notFound } from '@souk/service-kit';
import { eventually } from '@souk/testing';
import type { TestOrder, Till } from './sandbox.ts';
import {
  authorised,
  cancelOrder,
  captured,
  confirm,
  deliverOrder,
  factsOf,
  goodCard,
  ledgerOf,
  newOrder,
  openIntent,
  paymentOf,
  placeOrder,
  requestCapture,
  useTill,
} from './sandbox.ts';

let till: Till;
useTill((opened) => {
  till = opened;
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
