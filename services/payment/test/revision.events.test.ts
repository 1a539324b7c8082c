import {
  orderItemChanged,
  paymentAuthorised,
  paymentCancelled,
  paymentRefunded,
  paymentSuccess,
  returnRefundRequested,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestOrder, Till } from './sandbox.ts';
import {
  authorised,
  captured,
  confirm,
  deliverOrder,
  factsOf,
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
