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
  paymentAuthorised,
  paymentFailed,
  paymentRefunded,
  promotionRedemptionRefused,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { envelopeFor } from '@souk/testing';
import { orders } from '../src/order.store.ts';
import type { Shop } from './order.fixture.ts';
import { startSales } from './order.fixture.ts';
import type { Sales } from './order.story.ts';
import { authorise, capture, confirm, factsOf, of, place, read, reserve } from './order.story.ts';

let sales: Sales;
let app: TestService;
let shop: Shop;

beforeAll(async () => {
  sales = await startSales();
  ({ app, shop } = sales);
});
afterAll(() => app.stop());

describe('the saga', () => {
  it('captures once stock is held and money authorised, whichever comes first, and confirms on the capture', async () => {
    const placed = await place(sales);
    await authorise(sales, placed.id);
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toEqual([]);
    await reserve(sales, placed.id);
    const [asked] = await factsOf(sales, placed.id, orderCaptureRequested);
    expect(asked?.data).toEqual({ orderId: placed.id, revision: 1, companyId: shop.companyId, amount: 3_000, currency: 'USD' });
    await capture(sales, placed.id);
    expect(await read(sales, placed)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    expect(await factsOf(sales, placed.id, orderConfirmed)).toHaveLength(1);
  });

  it('ends in the same state when every answer comes three times and in any sequence', async () => {
    const placed = await place(sales);
    const answers = [
      envelopeFor(inventoryReserved, { ...inventoryReserved.example, ...of(sales, placed.id) }),
      envelopeFor(paymentAuthorised, { ...paymentAuthorised.example, ...of(sales, placed.id) }),
    ];
    await app.deliverAll([...answers].reverse());
    await app.deliverAll([...answers, ...answers]);
    await capture(sales, placed.id);
    await capture(sales, placed.id);
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toHaveLength(1);
    expect(await factsOf(sales, placed.id, orderConfirmed)).toHaveLength(1);
  });

  it('ignores answers to another revision', async () => {
    const placed = await place(sales);
    await app.deliver(inventoryReserved, { ...inventoryReserved.example, ...of(sales, placed.id), revision: 2 });
    await authorise(sales, placed.id);
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toEqual([]);
  });

  it.each([
    [
      'out_of_stock',
      (id: string) => app.deliver(inventoryReservationFailed, { ...inventoryReservationFailed.example, ...of(sales, id) }),
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
    const placed = await place(sales);
    await refuse(placed.id);
    expect(await read(sales, placed)).toMatchObject({ status: 'cancelled', cancelReason: reason });
    expect((await factsOf(sales, placed.id, orderCancelled))[0]?.data).toMatchObject({ reason, refund: false, confirmed: false });
  });

  it('stays pending after a declined card and takes a second try', async () => {
    const placed = await place(sales);
    await reserve(sales, placed.id);
    await app.deliver(paymentFailed, { ...paymentFailed.example, ...of(sales, placed.id) });
    expect(await read(sales, placed)).toMatchObject({ status: 'pending', paymentStatus: 'failed' });
    await authorise(sales, placed.id);
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toHaveLength(1);
  });

  it('confirms cash on delivery as soon as the goods are held, without a capture', async () => {
    const placed = await place(sales, 'cash');
    await reserve(sales, placed.id);
    expect(await read(sales, placed)).toMatchObject({ status: 'confirmed', paymentStatus: 'pending' });
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toEqual([]);
  });

  it('asks the credit line before an order on account is captured, and cancels when it does not reach', async () => {
    app.sidecar.answer(holdCredit, () => ({ outcome: 'refused' as const, reason: 'limit_exceeded' as const }));
    expect(await read(sales, await place(sales, 'account'))).toMatchObject({
      status: 'cancelled',
      cancelReason: 'credit_refused',
    });
    app.sidecar.answer(holdCredit, () => ({ outcome: 'held' as const, holdId: newId() }));
    const placed = await place(sales, 'account');
    await reserve(sales, placed.id);
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toHaveLength(1);
  });

  it('cancels an order on hold that is broken, and refunds one that was paid', async () => {
    const placed = await confirm(sales);
    await app.deliver(inventoryHoldBroken, { ...inventoryHoldBroken.example, ...of(sales, placed.id) });
    expect((await factsOf(sales, placed.id, orderCancelled))[0]?.data).toMatchObject({
      reason: 'hold_broken',
      refund: true,
      confirmed: true,
    });
  });

  it('cancels while paying only when the outcome is known, and then gives the money back', async () => {
    const placed = await place(sales);
    await reserve(sales, placed.id);
    await authorise(sales, placed.id);
    const asked = await app.request('POST', `/orders/${placed.id}/cancel`, { as: placed.buyer });
    expect([asked.status, asked.body.status, asked.body.cancelAsked]).toEqual([202, 'pending', true]);
    await capture(sales, placed.id);
    expect((await factsOf(sales, placed.id, orderCancelled))[0]?.data).toMatchObject({ reason: 'customer', refund: true });
    expect(await factsOf(sales, placed.id, orderConfirmed)).toEqual([]);
    const refund = {
      ...paymentRefunded.example,
      ...of(sales, placed.id),
      refundAmount: 3_000,
      refundedTotal: 3_000,
      capturedTotal: 3_000,
    };
    await app.deliver(paymentRefunded, refund);
    expect(await read(sales, placed)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  });
});

describe('deadlines', () => {
  it('asks again for what is missing and goes on with the answers', async () => {
    const placed = await place(sales);
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
    expect(await factsOf(sales, placed.id, orderCaptureRequested)).toHaveLength(1);
    app.advance(6_000);
    await app.runJob('chase due orders');
    expect(await read(sales, placed)).toMatchObject({ status: 'confirmed' });
  });

  it('cancels what is not paid when the hold ends', async () => {
    const placed = await place(sales);
    await reserve(sales, placed.id);
    app.advance(901_000);
    await app.runJob('chase due orders');
    const order = await app.db(orders).findOne({ _id: placed.id });
    expect(order).toMatchObject({ status: 'cancelled', cancelReason: 'payment_timeout' });
    expect(order?.nextDeadlineAt).toBeUndefined();
  });
});
