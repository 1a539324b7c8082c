import { orderCompleted, orderCreated, quoteCart } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer } from '@souk/testing';
import { orders } from '../src/order.store.ts';
import type { Shop } from './order.fixture.ts';
import { address, openShop, quoteFor, signed, startSales } from './order.fixture.ts';

let app: TestService;
let shop: Shop;

beforeAll(async () => {
  ({ app, shop } = await startSales());
});
afterAll(() => app.stop());

const body = { paymentMethod: 'sandbox', shippingAddress: address };

describe('checkout', () => {
  it('makes one order for each shop of the cart, grouped', async () => {
    const other = await openShop(app);
    const buyer = customer();
    app.sidecar.answer(quoteCart, ({ body: { userId } }) => ({
      quotes: [shop, other].map((each) => signed(quoteFor(each, { customerId: userId }))),
    }));
    const answer = await app.request('POST', '/checkout', { as: buyer, key: newId(), body });
    expect(answer.status).toBe(201);
    expect(answer.body.orders.map((order: { shopId: string }) => order.shopId)).toEqual([shop.shopId, other.shopId]);
    const listed = await app.request('GET', `/orders?checkoutId=${answer.body.checkoutId}`, { as: buyer });
    expect(listed.body.data).toHaveLength(2);
  });

  it('makes no order at all when one of them cannot be made', async () => {
    const buyer = customer();
    const used = quoteFor(shop, { customerId: buyer.userId });
    app.sidecar.answer(quoteCart, () => ({ quotes: [signed(used)] }));
    expect((await app.request('POST', '/checkout', { as: buyer, key: newId(), body })).status).toBe(201);
    app.sidecar.answer(quoteCart, () => ({ quotes: [signed(quoteFor(shop, { customerId: buyer.userId })), signed(used)] }));
    const answer = await app.request('POST', '/checkout', { as: buyer, key: newId(), body });
    expect([answer.status, answer.body.code]).toEqual([409, 'sales.quote_used']);
    expect(await app.db(orders).count({ customerId: buyer.userId })).toBe(1);
  });

  it('refuses an empty cart', async () => {
    app.sidecar.answer(quoteCart, () => ({ quotes: [] }));
    expect((await app.request('POST', '/checkout', { as: customer(), key: newId(), body })).body.code).toBe('sales.cart_empty');
  });
});

describe('importing history', () => {
  const imported = (externalId: string) => ({
    externalId,
    shopId: shop.shopId,
    currency: 'GBP',
    placedAt: '2010-12-01T08:26:00.000Z',
    lines: [{ productId: newId(), sku: '85123A', name: 'White hanging heart', quantity: 6, unitPrice: 255, tracked: true }],
  });

  it('takes an order as it was: paid, shipped, completed, at its own time', async () => {
    const admin = companyAdmin(shop.companyId);
    const answer = await app.request('POST', '/orders/import', {
      as: admin,
      key: newId(),
      body: { orders: [imported('536365')] },
    });
    expect(answer.body.orders).toEqual([{ id: expect.any(String), externalId: '536365', total: 1_530 }]);
    const { id } = answer.body.orders[0];
    const { body: order } = await app.request('GET', `/orders/${id}`, { as: admin });
    expect(order).toMatchObject({
      status: 'completed',
      paymentStatus: 'paid',
      placedAt: '2010-12-01T08:26:00.000Z',
      source: 'import',
    });
    for (const contract of [orderCreated, orderCompleted])
      expect((await app.published<unknown>(contract)).filter((event) => event.subject === id)).toHaveLength(1);
  });

  it('takes an external id once and a batch whole or not at all', async () => {
    const admin = companyAdmin(shop.companyId);
    const send = (...ids: string[]) =>
      app.request('POST', '/orders/import', { as: admin, key: newId(), body: { orders: ids.map(imported) } });
    expect((await send('A1')).status).toBe(201);
    expect((await send('A2', 'A1')).body.code).toBe('sales.external_id_used');
    expect(await app.db(orders).count({ externalId: 'A2' })).toBe(0);
  });

  it('refuses shops of another company', async () => {
    const answer = await app.request('POST', '/orders/import', {
      as: companyAdmin(newId()),
      key: newId(),
      body: { orders: [imported('B1')] },
    });
    expect(answer.status).toBe(404);
  });
});
