import type { PaymentMethod } from '@souk/contracts';
import {
  askPayment,
  askReservation,
  holdCredit,
  inventoryHoldBroken,
  inventoryReservationFailed,
  inventoryReserved,
  orderCancelled,
  orderCaptureRequested,
  orderConfirmed,
  orderCreated,
  orderShipped,
  paymentAuthorised,
  paymentFailed,
  paymentRefunded,
  paymentSuccess,
  promotionRedemptionRefused,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, envelopeFor, shopStaff, superAdmin } from '@souk/testing';
import { orders } from '../src/order.store.ts';
import type { Shop } from './order.fixture.ts';
import { address, openShop, quoteFor, signed, startSales } from './order.fixture.ts';

let app: TestService;
let shop: Shop;

beforeAll(async () => {
  ({ app, shop } = await startSales());
});
afterAll(() => app.stop());

interface Placed {
  id: string;
  buyer: Person;
}

async function place(paymentMethod: PaymentMethod = 'sandbox', quote = {}): Promise<Placed> {
  const buyer = customer();
  const body = { quote: signed(quoteFor(shop, { customerId: buyer.userId, ...quote })), paymentMethod, shippingAddress: address };
  const answer = await app.request('POST', '/orders', { as: buyer, key: newId(), body });
  expect(answer.status).toBe(201);
  return { id: answer.body.id, buyer };
}

const of = (orderId: string) => ({ orderId, revision: 1, companyId: shop.companyId, shopId: shop.shopId });
const reserve = (orderId: string) =>
  app.deliver(inventoryReserved, {
    ...inventoryReserved.example,
    ...of(orderId),
    until: new Date(Date.now() + 60_000).toISOString(),
  });
const pay = { ...paymentSuccess.example, amount: 3_000 };
const authorise = (orderId: string) => app.deliver(paymentAuthorised, { ...paymentAuthorised.example, ...of(orderId) });
const capture = (orderId: string) => app.deliver(paymentSuccess, { ...pay, ...of(orderId) });
const read = async ({ id, buyer }: Placed) => (await app.request('GET', `/orders/${id}`, { as: buyer })).body;
const factsOf = async (id: string, contract: Parameters<TestService['published']>[0]) =>
  (await app.published(contract)).filter((event) => event.subject === id);

async function confirm(): Promise<Placed> {
  const placed = await place();
  await reserve(placed.id);
  await authorise(placed.id);
  await capture(placed.id);
  return placed;
}

describe('making an order', () => {
  it('answers 201 with how to pay and publishes order.created with all that others need', async () => {
    const placed = await place();
    expect(await read(placed)).toMatchObject({
      status: 'pending',
      paymentStatus: 'pending',
      payment: { method: 'sandbox', needsIntent: true },
    });
    const [event] = await factsOf(placed.id, orderCreated);
    expect(event?.data).toMatchObject({
      revision: 1,
      source: 'checkout',
      warehouseIds: [shop.warehouseId],
      pricing: { total: 3_000 },
    });
  });

  it('makes one order of one quote, whoever sends it how often', async () => {
    const buyer = customer();
    const body = {
      quote: signed(quoteFor(shop, { customerId: buyer.userId })),
      paymentMethod: 'sandbox',
      shippingAddress: address,
    };
    const sent = await Promise.all(
      Array.from({ length: 8 }, () => app.request('POST', '/orders', { as: buyer, key: newId(), body })),
    );
    expect(sent.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    expect(sent.find(({ status }) => status === 409)?.body.code).toBe('sales.quote_used');
  });

  it('gives a repeated request the same order', async () => {
    const buyer = customer();
    const body = {
      quote: signed(quoteFor(shop, { customerId: buyer.userId })),
      paymentMethod: 'sandbox',
      shippingAddress: address,
    };
    const [first, second] = [
      await app.request('POST', '/orders', { as: buyer, key: 'same', body }),
      await app.request('POST', '/orders', { as: buyer, key: 'same', body }),
    ];
    expect(second?.body.id).toBe(first?.body.id);
  });

  it.each([
    ['a quote we did not sign', () => `${signed(quoteFor(shop))}x`, 422, 'seal_invalid'],
    ['a quote made for somebody else', () => signed(quoteFor(shop, { customerId: newId() })), 422, 'sales.quote_for_other'],
    ['a quote that is too old', () => signed(quoteFor(shop), new Date(Date.now() - 901_000)), 409, 'seal_expired'],
  ])('refuses %s and writes nothing', async (_case, quote, status, code) => {
    const buyer = customer();
    const body = { quote: quote(), paymentMethod: 'sandbox', shippingAddress: address };
    const answer = await app.request('POST', '/orders', { as: buyer, key: newId(), body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await app.db(orders).count({ customerId: buyer.userId })).toBe(0);
  });

  it('refuses an order that is to be shipped nowhere', async () => {
    const buyer = customer();
    const body = { quote: signed(quoteFor(shop, { customerId: buyer.userId })), paymentMethod: 'sandbox' };
    expect((await app.request('POST', '/orders', { as: buyer, key: newId(), body })).body.code).toBe('sales.address_needed');
  });

  it('refuses staff an order of a shop that is not theirs', async () => {
    const other = await openShop(app);
    const clerk = shopStaff(shop.companyId, [shop.shopId]);
    const body = { quote: signed(quoteFor(other)), paymentMethod: 'cash' };
    expect((await app.request('POST', '/orders', { as: clerk, key: newId(), body })).body.code).toBe('sales.shop_unknown');
  });
});

describe('the saga', () => {
  it('captures once stock is held and money authorised, whichever comes first, and confirms on the capture', async () => {
    const placed = await place();
    await authorise(placed.id);
    expect(await factsOf(placed.id, orderCaptureRequested)).toEqual([]);
    await reserve(placed.id);
    const [asked] = await factsOf(placed.id, orderCaptureRequested);
    expect(asked?.data).toEqual({ orderId: placed.id, revision: 1, companyId: shop.companyId, amount: 3_000, currency: 'USD' });
    await capture(placed.id);
    expect(await read(placed)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    expect(await factsOf(placed.id, orderConfirmed)).toHaveLength(1);
  });

  it('ends in the same state when every answer comes three times and in any sequence', async () => {
    const placed = await place();
    const answers = [
      envelopeFor(inventoryReserved, { ...inventoryReserved.example, ...of(placed.id) }),
      envelopeFor(paymentAuthorised, { ...paymentAuthorised.example, ...of(placed.id) }),
    ];
    await app.deliverAll([...answers].reverse());
    await app.deliverAll([...answers, ...answers]);
    await capture(placed.id);
    await capture(placed.id);
    expect(await factsOf(placed.id, orderCaptureRequested)).toHaveLength(1);
    expect(await factsOf(placed.id, orderConfirmed)).toHaveLength(1);
  });

  it('ignores answers to another revision', async () => {
    const placed = await place();
    await app.deliver(inventoryReserved, { ...inventoryReserved.example, ...of(placed.id), revision: 2 });
    await authorise(placed.id);
    expect(await factsOf(placed.id, orderCaptureRequested)).toEqual([]);
  });

  it.each([
    [
      'out_of_stock',
      (id: string) => app.deliver(inventoryReservationFailed, { ...inventoryReservationFailed.example, ...of(id) }),
    ],
    [
      'promotion_refused',
      (id: string) =>
        app.deliver(promotionRedemptionRefused, {
          ...promotionRedemptionRefused.example,
          orderId: id,
          revision: 1,
          companyId: shop.companyId,
        }),
    ],
  ])('cancels with reason %s', async (reason, refuse) => {
    const placed = await place();
    await refuse(placed.id);
    expect(await read(placed)).toMatchObject({ status: 'cancelled', cancelReason: reason });
    expect((await factsOf(placed.id, orderCancelled))[0]?.data).toMatchObject({ reason, refund: false, confirmed: false });
  });

  it('stays pending after a declined card and takes a second try', async () => {
    const placed = await place();
    await reserve(placed.id);
    await app.deliver(paymentFailed, { ...paymentFailed.example, ...of(placed.id) });
    expect(await read(placed)).toMatchObject({ status: 'pending', paymentStatus: 'failed' });
    await authorise(placed.id);
    expect(await factsOf(placed.id, orderCaptureRequested)).toHaveLength(1);
  });

  it('confirms cash on delivery as soon as the goods are held, without a capture', async () => {
    const placed = await place('cash');
    await reserve(placed.id);
    expect(await read(placed)).toMatchObject({ status: 'confirmed', paymentStatus: 'pending' });
    expect(await factsOf(placed.id, orderCaptureRequested)).toEqual([]);
  });

  it('asks the credit line before an order on account is captured, and cancels when it does not reach', async () => {
    app.sidecar.answer(holdCredit, () => ({ outcome: 'refused' as const, reason: 'limit_exceeded' as const }));
    expect(await read(await place('account'))).toMatchObject({ status: 'cancelled', cancelReason: 'credit_refused' });
    app.sidecar.answer(holdCredit, () => ({ outcome: 'held' as const, holdId: newId() }));
    const placed = await place('account');
    await reserve(placed.id);
    expect(await factsOf(placed.id, orderCaptureRequested)).toHaveLength(1);
  });

  it('cancels an order on hold that is broken, and refunds one that was paid', async () => {
    const placed = await confirm();
    await app.deliver(inventoryHoldBroken, { ...inventoryHoldBroken.example, ...of(placed.id) });
    expect((await factsOf(placed.id, orderCancelled))[0]?.data).toMatchObject({
      reason: 'hold_broken',
      refund: true,
      confirmed: true,
    });
  });

  it('cancels while paying only when the outcome is known, and then gives the money back', async () => {
    const placed = await place();
    await reserve(placed.id);
    await authorise(placed.id);
    const asked = await app.request('POST', `/orders/${placed.id}/cancel`, { as: placed.buyer });
    expect([asked.status, asked.body.status, asked.body.cancelAsked]).toEqual([202, 'pending', true]);
    await capture(placed.id);
    expect((await factsOf(placed.id, orderCancelled))[0]?.data).toMatchObject({ reason: 'customer', refund: true });
    expect(await factsOf(placed.id, orderConfirmed)).toEqual([]);
    const refund = {
      ...paymentRefunded.example,
      ...of(placed.id),
      refundAmount: 3_000,
      refundedTotal: 3_000,
      capturedTotal: 3_000,
    };
    await app.deliver(paymentRefunded, refund);
    expect(await read(placed)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  });
});

describe('fulfilment', () => {
  const clerk = () => shopStaff(shop.companyId, [shop.shopId]);

  it('ships in two parcels, delivers and completes', async () => {
    const placed = await confirm();
    const [mugs] = (await read(placed)).lines;
    const body = { lines: [{ lineId: mugs.lineId, quantity: 1 }], carrier: 'ups', trackingNumber: 'T1' };
    const first = await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body });
    expect(first.body).toMatchObject({ status: 'processing', allowedMoves: ['shipped'] });
    const second = await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body: {} });
    expect(second.body.status).toBe('shipped');
    expect((await factsOf(placed.id, orderShipped)).map(({ data }) => (data as { complete: boolean }).complete)).toEqual([
      false,
      true,
    ]);
    expect((await app.request('POST', `/orders/${placed.id}/deliver`, { as: clerk() })).body.status).toBe('delivered');
    expect((await app.request('POST', `/orders/${placed.id}/complete`, { as: clerk() })).body.status).toBe('completed');
    const { body: tracking } = await app.request('GET', `/orders/${placed.id}/tracking`, { as: placed.buyer });
    expect(tracking.shipments).toHaveLength(2);
    const { body: timeline } = await app.request('GET', `/orders/${placed.id}/timeline`, { as: placed.buyer });
    expect(timeline.steps.map(({ step }: { step: string }) => step)).toEqual([
      'created',
      'paying',
      'confirmed',
      'partly_shipped',
      'shipped',
      'delivered',
      'completed',
    ]);
  });

  it('refuses moves that the lifecycle does not have and names those it has', async () => {
    const placed = await confirm();
    const answer = await app.request('POST', `/orders/${placed.id}/deliver`, { as: clerk() });
    expect([answer.status, answer.body.code, answer.body.allowed]).toEqual([
      409,
      'sales.move_refused',
      ['processing', 'shipped', 'cancelled'],
    ]);
  });

  it('ships no more than was ordered', async () => {
    const placed = await confirm();
    const [mugs] = (await read(placed)).lines;
    const body = { lines: [{ lineId: mugs.lineId, quantity: 3 }] };
    const answer = await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body });
    expect([answer.status, answer.body.code]).toEqual([422, 'sales.nothing_to_ship']);
  });

  it('refuses to cancel what has left', async () => {
    const placed = await confirm();
    await app.request('POST', `/orders/${placed.id}/ship`, { as: clerk(), key: newId(), body: {} });
    expect((await app.request('POST', `/orders/${placed.id}/cancel`, { as: placed.buyer })).status).toBe(409);
  });

  it('hands over at the till: paid, shipped and completed in one go', async () => {
    const body = { quote: signed(quoteFor(shop)), paymentMethod: 'cash' };
    const { body: order } = await app.request('POST', '/orders', { as: clerk(), key: newId(), body });
    await reserve(order.id);
    await capture(order.id);
    expect((await app.request('GET', `/orders/${order.id}`, { as: clerk() })).body).toMatchObject({
      source: 'pos',
      status: 'completed',
    });
  });
});

describe('who sees an order', () => {
  it.each([
    ['another customer', () => customer(), 404],
    ['staff of another shop', () => shopStaff(shop.companyId, [newId()]), 404],
    ['an admin of another company', () => companyAdmin(newId()), 404],
    ["the company's admin", () => companyAdmin(shop.companyId), 200],
    ['the super admin', () => superAdmin(), 200],
  ])('%s', async (_who, person, status) => {
    const placed = await place();
    expect((await app.request('GET', `/orders/${placed.id}`, { as: person() })).status).toBe(status);
    const moved = await app.request('POST', `/orders/${placed.id}/deliver`, { as: person() });
    expect([403, 404, 409]).toContain(moved.status);
  });

  it('lists what is in the scope of the caller only', async () => {
    const { id, buyer } = await place();
    const { body } = await app.request('GET', '/orders', { as: buyer });
    expect(body.data.map((order: { id: string }) => order.id)).toEqual([id]);
  });
});

describe('deadlines', () => {
  it('asks again for what is missing and goes on with the answers', async () => {
    const placed = await place();
    app.sidecar.answer(askReservation, ({ body }) => ({
      outcome: 'reserved' as const,
      reservationId: newId(),
      until: body.holdUntil,
    }));
    app.sidecar.answer(askPayment, ({ body }) => ({
      status: body.capture ? ('captured' as const) : ('authorised' as const),
      revision: 1,
      paymentId: newId(),
    }));
    app.advance(6_000);
    await app.runJob('chase due orders');
    expect(await factsOf(placed.id, orderCaptureRequested)).toHaveLength(1);
    app.advance(6_000);
    await app.runJob('chase due orders');
    expect(await read(placed)).toMatchObject({ status: 'confirmed' });
  });

  it('cancels what is not paid when the hold ends', async () => {
    const placed = await place();
    await reserve(placed.id);
    app.advance(901_000);
    await app.runJob('chase due orders');
    const order = await app.db(orders).findOne({ _id: placed.id });
    expect(order).toMatchObject({ status: 'cancelled', cancelReason: 'payment_timeout' });
    expect(order?.nextDeadlineAt).toBeUndefined();
  });
});
