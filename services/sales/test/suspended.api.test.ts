import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopStaff } from '@souk/testing';
import type { Shop } from './order.fixture.ts';
import { address, quoteFor, signed, startSales } from './order.fixture.ts';

let app: TestService;
let shop: Shop;

beforeAll(async () => {
  ({ app, shop } = await startSales());
});
afterAll(() => app.stop());

const buy = (buyer = customer()) =>
  app.request('POST', '/orders', {
    as: buyer,
    key: newId(),
    body: { quote: signed(quoteFor(shop, { customerId: buyer.userId })), paymentMethod: 'sandbox', shippingAddress: address },
  });

test('people of a suspended company read and do not write, nobody buys from it, and all goes on when it is resumed', async () => {
  const buyer = customer();
  const { body: order } = await buy(buyer);
  await app.suspend(shop.companyId);
  for (const as of [companyAdmin(shop.companyId), shopStaff(shop.companyId, [shop.shopId])]) {
    const refused = await app.request('POST', `/orders/${order.id}/cancel`, { as });
    expect(refused.body).toMatchObject({ status: 402, code: 'company_suspended', reason: 'unpaid' });
    expect((await app.request('GET', `/orders/${order.id}`, { as })).body.status).toBe('pending');
  }
  expect((await buy()).body).toMatchObject({ status: 402, code: 'company_suspended' });
  // What is the buyer's own stays so: the order that was made can be called off.
  expect((await app.request('POST', `/orders/${order.id}/cancel`, { as: buyer })).status).toBe(200);
  await app.suspend();
  expect((await buy()).status).toBe(201);
});
