import { randomUUID } from 'node:crypto';
import { chanceFrom } from '../faults/chance.ts';
import type { Day } from './day.ts';
import { deadLettersOf, EMAIL, openDayAnywhere, ordersOf, PASSWORD, STOCK } from './day.ts';
import { expectAudit, expectChains, expectMails, expectMoney, expectStatuses } from './evidence.ts';
import { factsAbout, loggedFacts } from './facts.ts';
import { bookedOf, gatewayMovements, ledgerOf, paymentsOf, takenOf } from './money.ts';
import type { Place } from './platform.ts';
import { until } from './platform.ts';
import { MOST_AGE_MS, watchPrices } from './prices.ts';
import { BAD_CARD, GOOD_CARD, setSwitches, stockOf, sum } from './shopper.ts';

let day: Day<Place>;
let platform: Day<Place>['platform'];
let tenant: Day<Place>['tenant'];
let hasty: Day<Place>['hasty'];
let products: Day<Place>['products'];
let hastyProducts: Day<Place>['hastyProducts'];
let buyer: Day<Place>['buyer'];
let ada: Day<Place>['ada'];

const api = () => platform.api;

beforeAll(async () => {
  day = await openDayAnywhere();
  ({ platform, tenant, hasty, products, hastyProducts, buyer, ada } = day);
}, 240_000);

afterAll(() => day?.close(), 60_000);

describe('a customer', () => {
  it('finds by a search with a typo what the shop sells', async () => {
    const found = await until(
      () => api().ask('GET', `/products?q=oak%20mgu&companyId=${tenant.companyId}`),
      (body) => body.total > 0,
    );
    expect(found.data[0].companyId).toBe(tenant.companyId);
    const browsed = await api().ask('GET', `/products/${products[0]?.productId}`);
    expect(browsed.variants).toHaveLength(2);
  });

  it('is shown no price a second after the next was acknowledged', async () => {
    const [product] = products;
    if (!product) throw new Error('there are products');
    const watch = { api: api(), token: tenant.admin.token, product, chance: chanceFrom(1) };
    const { reads, agesMs, isLastSeen } = await watchPrices({ ...watch, changes: 10, readers: 4 });
    expect(reads).toBeGreaterThan(10);
    expect(Math.max(0, ...agesMs)).toBeLessThanOrEqual(MOST_AGE_MS);
    expect(isLastSeen).toBe(true);
  }, 60_000);

  it('buys from two shops, pays both, and gets one order in two parcels and the other in one', async () => {
    const [first, second] = tenant.shopIds;
    await ada.fillCart(first ?? '', products[0], 3);
    await ada.fillCart(second ?? '', products[1], 1);
    const orders = await ada.checkOut();
    expect(orders.map(({ shopId }) => shopId).sort()).toEqual([first, second].sort());
    const big = orders.find(({ shopId }) => shopId === first);
    const small = orders.find(({ shopId }) => shopId === second);
    if (!big || !small) throw new Error('both shops have an order');
    const sku = big.lines[0]?.sku ?? '';
    await until(
      () => stockOf(platform, tenant, sku),
      (rows) => sum(rows, 'reserved') === 3,
    );
    expect(sum(await stockOf(platform, tenant, sku), 'onHand')).toBe(2 * STOCK);
    expect(await ada.pay(big)).toBeLessThan(300);
    expect(await ada.pay(small)).toBeLessThan(300);
    await ada.reach(big.id, 'confirmed', 'paid');
    await ada.reach(small.id, 'confirmed', 'paid');

    const parcel = { lines: [{ lineId: big.lines[0]?.lineId, quantity: 1 }], carrier: 'ups', trackingNumber: 'T-1' };
    const { token } = tenant.admin;
    const partly = await api().ask('POST', `/orders/${big.id}/ship`, { token, body: parcel });
    expect(partly.status).toBe('processing');
    const whole = await api().ask('POST', `/orders/${big.id}/ship`, { token, body: { carrier: 'ups', trackingNumber: 'T-2' } });
    expect(whole.status).toBe('shipped');
    await until(
      () => stockOf(platform, tenant, sku),
      (rows) => sum(rows, 'onHand') === 2 * STOCK - 3 && sum(rows, 'reserved') === 0,
    );
    await api().ask('POST', `/orders/${big.id}/deliver`, { token });
    const tracking = await api().ask('GET', `/orders/${big.id}/tracking`, { token: buyer.token });
    expect(tracking.shipments.map((each: { trackingNumber: string }) => each.trackingNumber)).toEqual(['T-1', 'T-2']);
    const { steps } = await api().ask('GET', `/orders/${big.id}/timeline`, { token: buyer.token });
    expect(steps.map(({ step }: { step: string }) => step)).toEqual([
      'created',
      'paying',
      'confirmed',
      'partly_shipped',
      'shipped',
      'delivered',
    ]);
    await ada.receive(small, tenant, 'T-3');
    await until(
      () => stockOf(platform, tenant, small.lines[0]?.sku ?? ''),
      (rows) => sum(rows, 'onHand') === 2 * STOCK - 1 && sum(rows, 'reserved') === 0,
    );
  }, 60_000);

  it('is told of a declined card, pays with another, and owes nothing twice', async () => {
    const order = await ada.buyOne(tenant.shopIds[0], products[1]);
    expect(await ada.pay(order, BAD_CARD)).toBe(402);
    day.declined.push(order);
    expect((await ada.read(order.id)).status).toBe('pending');
    expect(await ada.pay(order)).toBeLessThan(300);
    await ada.reach(order.id, 'confirmed', 'paid');
    const paymentId = (await paymentsOf(platform, buyer.token)).get(order.id);
    const once = { captures: 1, refunds: 0, kept: order.pricing.total };
    expect(takenOf(await gatewayMovements(platform), paymentId)).toEqual(once);
    expect(bookedOf(await ledgerOf(platform, tenant, `?paymentId=${paymentId}`), paymentId)).toEqual(once);
  }, 60_000);

  it('gets nothing that is not there: the order is cancelled and no piece is held for it', async () => {
    const [variant] = products[2]?.variants ?? [];
    const order = await ada.buyOne(tenant.shopIds[0], products[2], { quantity: 2 * STOCK + 1 });
    expect((await ada.reach(order.id, 'cancelled')).cancelReason).toBe('out_of_stock');
    expect(sum(await stockOf(platform, tenant, variant?.sku ?? ''), 'reserved')).toBe(0);
  }, 60_000);

  it('cancels after paying and gets the money back and the shop its goods', async () => {
    const order = await ada.buyOne(tenant.shopIds[1], products[2], { quantity: 2 });
    await ada.pay(order);
    await ada.reach(order.id, 'confirmed', 'paid');
    await api().ask('POST', `/orders/${order.id}/cancel`, { token: buyer.token });
    const cancelled = await ada.reach(order.id, 'cancelled', 'refunded');
    expect(cancelled.cancelReason).toBe('customer');
    await until(
      () => stockOf(platform, tenant, order.lines[0]?.sku ?? ''),
      (rows) => sum(rows, 'reserved') === 0 && sum(rows, 'onHand') === 2 * STOCK,
    );
  }, 60_000);

  it('pays too late: the order is cancelled, its goods go back, and what was authorised is let go', async () => {
    const order = await ada.buyOne(hasty.shopIds[0], hastyProducts[0]);
    const intent = await ada.openIntent(order);
    // The gateway takes longer than the hold lasts: it authorises an order that has ended meanwhile.
    await setSwitches(platform, { delayMs: 7_000 });
    const answer = await api().request('POST', '/payments/process', {
      token: buyer.token,
      body: { paymentId: intent.paymentId, card: GOOD_CARD },
    });
    await setSwitches(platform, {});
    expect(answer.status).toBeLessThan(500);
    const late = await ada.reach(order.id, 'cancelled');
    expect([late.status, late.cancelReason]).toEqual(['cancelled', 'payment_timeout']);
    await until(
      () => stockOf(platform, hasty, order.lines[0]?.sku ?? ''),
      (rows) => sum(rows, 'reserved') === 0,
    );
    await until(
      () => api().ask('GET', `/payments/${intent.paymentId}`, { token: buyer.token }),
      (payment) => payment.status === 'cancelled' && payment.capturedAmount === 0,
    );
  }, 60_000);

  it('pays at the door in another currency, when the goods arrive', async () => {
    const order = await ada.buyOne(hasty.shopIds[0], hastyProducts[0], { paymentMethod: 'cash' });
    expect(order.currency).toBe('EUR');
    await ada.reach(order.id, 'confirmed', 'pending');
    await ada.receive(order, hasty, 'H-1');
    await ada.reach(order.id, 'delivered', 'paid');
  }, 60_000);

  it('buys on account up to its limit, which becomes a debt, and nothing beyond', async () => {
    const limit = 3_000;
    await api().insist('PUT', `/debts/limits/${buyer.userId}`, { token: tenant.admin.token, body: { limit } });
    const order = await ada.buyOne(tenant.shopIds[0], products[3], { paymentMethod: 'account' });
    const { total } = (await ada.reach(order.id, 'confirmed', 'paid')).pricing;
    const debts = await until(
      () => api().ask('GET', '/debts', { token: buyer.token }),
      (body) => body.data.length > 0,
    );
    expect(debts.data[0]).toMatchObject({ orderId: order.id, amount: total, status: 'pending' });

    const beyond = await ada.buyOne(tenant.shopIds[0], products[3], { paymentMethod: 'account' });
    expect(beyond.pricing.total).toBeGreaterThan(limit - total);
    expect((await ada.reach(beyond.id, 'cancelled')).cancelReason).toBe('credit_refused');
    await until(
      () => stockOf(platform, tenant, beyond.lines[0]?.sku ?? ''),
      (rows) => sum(rows, 'reserved') === 1,
    );
    const lines = await api().ask('GET', `/debts/limits/${buyer.userId}`, { token: buyer.token });
    expect(lines.data).toEqual([expect.objectContaining({ limit, held: 0, owed: total, available: limit - total })]);
    expect((await api().ask('GET', '/debts', { token: buyer.token })).data).toHaveLength(1);
    const refusals = factsAbout(await loggedFacts(day.databases, tenant), beyond.id).filter(
      ({ type }) => type === 'debt.credit_refused',
    );
    expect(refusals.map(({ data }) => data)).toEqual([expect.objectContaining({ reason: 'limit_exceeded' })]);
  }, 60_000);

  it('is refused a second register with the same address without being told', async () => {
    const body = { name: 'Eve', email: EMAIL, password: PASSWORD };
    expect(await api().ask('POST', '/auth/register', { body })).toEqual({ status: 'check_your_mail' });
  });
});

describe('at the end of the day', () => {
  it(
    'every mail of the registration, the orders, the payments and the debt came, once, and no other',
    () => expectMails(day),
    60_000,
  );

  it(
    'every status of every order reached the sockets as its timeline has it, in sequence, without a gap or repeat',
    () => expectStatuses(day),
    60_000,
  );

  it('stock equals its movements', async () => {
    for (const each of [tenant, hasty]) {
      const { data: items } = await api().ask('GET', '/inventory?limit=100', { token: each.admin.token });
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) {
        const { data } = await api().ask('GET', `/inventory/${item.id}/movements?limit=100`, { token: each.admin.token });
        expect(data.reduce((total, { delta }) => total + delta, 0)).toBe(item.onHand);
        expect(item.available).toBe(item.onHand - item.reserved);
      }
    }
  });

  it('the ledgers sum to zero, and what they and the gateway kept is what the orders cost', () => expectMoney(day), 60_000);

  it('analytics equal the orders to the cent', async () => {
    const orders = await ordersOf(day, tenant);
    const confirmed = orders.filter(({ status, paymentStatus }) => status !== 'cancelled' || paymentStatus === 'refunded');
    const gross = confirmed.reduce((total, { pricing }) => total + pricing.total, 0);
    const refunds = confirmed
      .filter(({ status }) => status === 'cancelled')
      .reduce((total, { pricing }) => total + pricing.total, 0);
    await until(
      () => api().ask('GET', '/analytics/sales', { token: tenant.admin.token }),
      ({ total }) =>
        total.orders === confirmed.length && total.gross === gross && total.refunds === refunds && total.net === gross - refunds,
    );
  });

  it(
    'audit has every fact of the orders as it was logged, and no other, and strangers see none of it',
    () => expectAudit(day),
    60_000,
  );

  it('the chains of both companies and of the platform verify, each with all of its entries', () => expectChains(day), 60_000);

  it('nothing was set aside as a dead letter', async () => {
    expect((await deadLettersOf(platform)).filter((id) => !day.before.deadLetters.includes(id))).toEqual([]);
  });

  it('a key that is used again answers as it did, and an unknown path is a problem', async () => {
    const key = randomUUID();
    const request = {
      token: tenant.admin.token,
      key,
      body: { name: 'Third', code: 'THIRD', address: { city: 'Rome', country: 'US' } },
    };
    const [first, second] = [
      await api().request('POST', '/warehouses', request),
      await api().request('POST', '/warehouses', request),
    ];
    expect(second.body.id).toBe(first.body.id);
    expect((await api().request('GET', '/nowhere')).body.code).toBe('not_found');
  });
});
