import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io-client';
import type { DemoProduct } from '../../scripts/demo/catalogue.ts';
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import type { SignedIn } from '../../scripts/demo/people.ts';
import { registerCustomer } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { LiveMessage, Platform } from './platform.ts';
import { openSocket, startPlatform, until } from './platform.ts';
import type { Order } from './shopper.ts';
import { BAD_CARD, GOOD_CARD, mailsTo, Shopper, setSwitches, stockOf, sum } from './shopper.ts';

const PASSWORD = 'Journey-Bazaar-2026';
const STOCK = 10;

let platform: Platform;
let tenant: Tenant;
let hasty: Tenant;
let products: DemoProduct[];
let hastyProducts: DemoProduct[];
let buyer: SignedIn;
let ada: Shopper;
let live: { socket: Socket; told: LiveMessage[] };

const api = () => platform.api;
const plan = { password: PASSWORD, currency: 'USD', timezone: 'America/New_York', country: 'US', taxRate: 800, shipping: 500 };

beforeAll(async () => {
  platform = await startPlatform();
  const at = { mailUrl: platform.system.mailUrl, superToken: platform.superAdmin.token };
  tenant = await openTenant(api(), at, {
    ...plan,
    slug: 'oak',
    name: 'Oak',
    shops: ['Albany', 'Boston'],
    warehouses: ['Troy', 'Utica'],
  });
  hasty = await openTenant(api(), at, {
    ...plan,
    slug: 'haste',
    name: 'Haste',
    reservationSeconds: 5,
    shops: ['Rome'],
    warehouses: ['Rome'],
  });
  products = await stockCatalogue(api(), tenant, { prefix: 'OAK', count: 4, stock: STOCK });
  hastyProducts = await stockCatalogue(api(), hasty, { prefix: 'HAS', count: 1, stock: STOCK });
  buyer = await registerCustomer(api(), platform.system.mailUrl, {
    name: 'Ada Byron',
    email: 'ada@example.com',
    password: PASSWORD,
  });
  ada = new Shopper(platform, buyer);
  live = await openSocket(platform.system.url('gateway'), buyer.token);
}, 240_000);

afterAll(async () => {
  live?.socket.close();
  await platform?.stop();
}, 60_000);

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

  it('buys from two shops, pays both, and gets one order in two parcels', async () => {
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
  }, 60_000);

  it('is told of a declined card, pays with another, and owes nothing twice', async () => {
    const order = await ada.buyOne(tenant.shopIds[0], products[1]);
    expect(await ada.pay(order, BAD_CARD)).toBe(402);
    expect((await ada.read(order.id)).status).toBe('pending');
    expect(await ada.pay(order)).toBeLessThan(300);
    await ada.reach(order.id, 'confirmed', 'paid');
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

  it('buys on account up to its limit, which becomes a debt', async () => {
    const limit = { limit: 100_000 };
    await api().insist('PUT', `/debts/limits/${buyer.userId}`, { token: tenant.admin.token, body: limit });
    const order = await ada.buyOne(tenant.shopIds[0], products[3], { paymentMethod: 'account' });
    const confirmed = await ada.reach(order.id, 'confirmed', 'paid');
    const debts = await until(
      () => api().ask('GET', '/debts', { token: buyer.token }),
      (body) => body.data.length > 0,
    );
    expect(debts.data[0]).toMatchObject({ orderId: order.id, amount: confirmed.pricing.total, status: 'pending' });
  }, 60_000);

  it('is refused a second register with the same address without being told', async () => {
    const body = { name: 'Eve', email: 'ada@example.com', password: PASSWORD };
    expect(await api().ask('POST', '/auth/register', { body })).toEqual({ status: 'check_your_mail' });
  });
});

describe('at the end of the day', () => {
  const allOrders = async (): Promise<Order[]> => (await api().ask('GET', '/orders?limit=100', { token: buyer.token })).data;

  it('mails were sent for registration, orders and payments', async () => {
    const subjects = async () => (await mailsTo(platform, 'ada@example.com')).map(({ subject }) => subject);
    const found = await until(subjects, (all) => all.length >= 8);
    expect(found.filter((subject) => /One step|Welcome/i.test(subject)).length).toBeGreaterThan(0);
    expect(found.filter((subject) => /SO-[0-9A-Z]{10}/.test(subject)).length).toBeGreaterThan(4);
    for (const { text } of await mailsTo(platform, 'ada@example.com')) expect(text).not.toContain('{{');
  });

  it('every status of every order reached the socket, in sequence and without a gap', async () => {
    const orders = await allOrders();
    const told = () => Promise.resolve(live.told.filter(({ room }) => room === `user:${buyer.userId}`));
    const messages = await until(told, (all) =>
      orders.every((order) => all.some(({ data }) => data.orderId === order.id && data.status === order.status)),
    );
    for (const { id } of orders) {
      const sequences = messages
        .filter(({ event, data }) => event === 'order:status_updated' && data.orderId === id)
        .map(({ data }) => data.sequence ?? 0);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(messages.find(({ event, data }) => event === 'order:status_updated' && data.orderId === id)?.data.status).toBe(
        'pending',
      );
    }
    const offsets = messages.map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.map((_, index) => (offsets[0] ?? 1) + index));
  });

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

  it('the ledger sums to zero', async () => {
    const { balanced, sums } = await api().ask('GET', '/payments/ledger/balances', { token: tenant.admin.token });
    expect(balanced).toBe(true);
    expect(sums.length).toBeGreaterThan(0);
  });

  it('analytics equal the orders to the cent', async () => {
    const orders = (await allOrders()).filter(({ shopId }) => tenant.shopIds.includes(shopId));
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

  it('audit has every fact of the orders, its chain verifies, and strangers see none of it', async () => {
    const orders = await allOrders();
    for (const { id, status } of orders.filter(({ shopId }) => tenant.shopIds.includes(shopId))) {
      const entries = await until(
        () => api().ask('GET', `/audit/resource/order/${id}?limit=100`, { token: tenant.admin.token }),
        ({ data }) => data.some(({ type }: { type: string }) => type === `order.${status}`),
      );
      expect(entries.data.map(({ type }: { type: string }) => type)).toContain('order.created');
      const { data } = await api().ask('GET', `/audit/resource/order/${id}?limit=100`, { token: hasty.admin.token });
      expect(data).toEqual([]);
    }
    const verdict = await api().ask('POST', '/audit/verify', { token: tenant.admin.token, body: {} });
    expect(verdict).toMatchObject({ valid: true });
  });

  it('nothing was set aside as a dead letter', async () => {
    expect((await api().ask('GET', '/audit/dead-letters', { token: platform.superAdmin.token })).data).toEqual([]);
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
