import { paymentSuccess } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin } from '@souk/testing';
import { ledger } from '../src/ledger/ledger.store.ts';
import type { Till } from './sandbox.ts';
import {
  authorised,
  captured,
  factsOf,
  newOrder,
  openIntent,
  paymentOf,
  placeOrder,
  requestCapture,
  startTill,
} from './sandbox.ts';

/** Everything here waits on states, which take longer on a machine that is busy. */
jest.setTimeout(30_000);

let till: Till;
beforeAll(async () => {
  till = await startTill();
});
afterAll(() => till.stop());

describe('reading', () => {
  it('shows each role its part, page by page', async () => {
    const companyId = newId();
    const orders = [newOrder({ companyId }), newOrder({ companyId }), newOrder({ companyId })];
    for (const order of orders) await placeOrder(till, order);
    const [first] = orders;
    const list = async (as: ReturnType<typeof customer>, query = '') =>
      (await till.shop.request('GET', `/payments${query}`, { as })).body;
    const page = await list(companyAdmin(companyId), '?limit=2');
    expect(page.data).toHaveLength(2);
    expect((await list(companyAdmin(companyId), `?limit=2&cursor=${page.nextCursor}`)).data).toHaveLength(1);
    expect((await list(shopStaff(companyId, [first!.shopId]))).data).toHaveLength(1);
    expect((await list(first!.buyer)).data).toHaveLength(1);
    expect((await list(companyAdmin(newId()))).data).toHaveLength(0);
    expect((await list(superAdmin(), `?orderId=${first!.orderId}`)).data).toHaveLength(1);
    expect((await list(companyAdmin(companyId), '?status=captured')).data).toHaveLength(0);
    expect((await till.shop.request('GET', '/payments/history', { as: first!.buyer })).body.data).toHaveLength(1);
  });

  it('shows one payment with its version, its status, and neither to strangers; never the client secret', async () => {
    const { order, paymentId } = await authorised(till);
    const get = (path: string, as = order.buyer) => till.shop.request('GET', path, { as });
    const one = await get(`/payments/${paymentId}`);
    expect(one.headers.etag).toBe(`"v${one.body.version}"`);
    expect(JSON.stringify(one.body)).not.toContain('secret');
    expect((await get(`/payments/${paymentId}/status`)).body).toMatchObject({ paymentId, status: 'authorised' });
    expect((await get(`/payments/${paymentId}`, customer())).status).toBe(404);
    expect((await get('/payments/nothing')).status).toBe(404);
  });

  it('shows the ledger to company and super admins only', async () => {
    const { order, paymentId } = await captured(till);
    const get = (as: ReturnType<typeof customer>, path = '/payments/ledger') => till.shop.request('GET', path, { as });
    const { body } = await get(companyAdmin(order.companyId));
    expect(body.data).toEqual([
      expect.objectContaining({
        paymentId,
        cause: 'capture',
        lines: [
          { account: 'gateway_clearing', amount: 5_000 },
          { account: 'sales', amount: -5_000 },
        ],
      }),
    ]);
    expect((await get(companyAdmin(newId()))).body.data).toHaveLength(0);
    expect((await get(superAdmin(), `/payments/ledger?paymentId=${paymentId}`)).body.data).toHaveLength(1);
    expect((await get(order.buyer)).status).toBe(403);
    expect((await get(shopManager(order.companyId, [order.shopId]), '/payments/ledger/balances')).status).toBe(403);
  });

  it('lets a scrape tell when the books do not sum to zero, and since when nobody has looked', async () => {
    const { paymentId } = await captured(till);
    const invariant = async (name: string) => {
      const { body } = await till.shop.request('GET', '/metrics');
      const line = new RegExp(`^souk_invariant_${name}\\{invariant="ledger_balanced".*\\} (\\S+)$`, 'm');
      return Number(line.exec(String(body))?.[1]);
    };
    await till.shop.runJob('check-ledger');
    expect(await invariant('faults')).toBe(0);
    await till.shop.db(ledger).updateOne({ paymentId }, { $set: { 'lines.0.amount': 4_999 } });
    const told = jest.spyOn(till.shop.running.runtime.log, 'error').mockImplementation(() => undefined);
    await till.shop.runJob('check-ledger');
    expect(told).toHaveBeenCalledTimes(1);
    expect(await invariant('faults')).toBe(1);
    expect(await invariant('check_age_seconds')).toBeLessThan(60);
  });

  it('tells sales where an order stands, and nobody else', async () => {
    const order = newOrder();
    const { orderId, companyId, shopId, buyer, amount } = order;
    const body = {
      orderId,
      revision: 1,
      companyId,
      shopId,
      customerId: buyer.userId,
      paymentMethod: 'sandbox',
      amount,
      currency: 'USD',
      capture: false,
    };
    const ask = (capture: boolean, app = 'sales') =>
      till.shop.request('POST', '/internal/payments/ask', { app, body: { ...body, capture } });
    expect((await ask(false)).body).toEqual({ status: 'none' });
    const { paymentId } = (await openIntent(till, order)).body;
    // The buyer confirms at the gateway itself, and its webhook is lost.
    await till.sandbox('PUT', '/switches', { dropWebhooks: 1 });
    const { intent } = await paymentOf(till, order);
    await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: { number: '4242424242424242' } });
    expect((await ask(false)).body).toEqual({ status: 'authorised', paymentId, revision: 1 });
    expect((await ask(true)).body.status).toBe('captured');
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
    expect((await ask(false, 'inventory')).status).toBe(403);
    await requestCapture(till, order);
    expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
  });
});
