import { randomUUID } from 'node:crypto';
import { orderCreated, quoteOrder } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { customer } from '@souk/testing';
import type { OpenedCompany } from './catalogue.ts';
import { openCompany, promote, sell, startEcommerce } from './catalogue.ts';

let ecommerce: TestService;
let north: OpenedCompany;
let mug: { id: string; variants: { variantId: string; sku: string }[] };

beforeAll(async () => {
  ecommerce = await startEcommerce();
  north = await openCompany(ecommerce);
  mug = await sell(ecommerce, north, { name: 'Mug' });
});
afterAll(() => ecommerce.stop());

const lineOf = (product: typeof mug, quantity: number) => ({
  lineId: randomUUID(),
  productId: product.id,
  variantId: product.variants[0]?.variantId,
  sku: product.variants[0]?.sku,
  quantity,
});

/** Asks for the new price of an order as sales does. */
const requote = (fields: object = {}, app = 'sales') =>
  ecommerce.request(quoteOrder.method, quoteOrder.path, {
    app,
    body: { orderId: randomUUID(), shopId: north.shopId, customerId: randomUUID(), lines: [lineOf(mug, 3)], ...fields },
  });

/** Lets an order take a use of a promotion. */
async function redeemedOrder(promotionId: string, customerId: string): Promise<string> {
  const orderId = randomUUID();
  const { companyId, shopId } = north;
  const coupons = [{ promotionId, discount: 100 }];
  await ecommerce.deliver(orderCreated, { ...orderCreated.example, orderId, companyId, shopId, customerId, coupons });
  return orderId;
}

describe('the new price of an order', () => {
  it('is that of now, and its lines keep their ids', async () => {
    const dear = await sell(ecommerce, north);
    const lines = [lineOf(dear, 2), lineOf(mug, 1)];
    const [{ sku, variantId }] = dear.variants;
    const priced = await ecommerce.request('PATCH', `/products/${dear.id}`, {
      as: north.admin,
      body: { variants: [{ sku, variantId, price: 1_700 }] },
    });
    expect(priced.status).toBe(200);
    const { status, body } = await requote({ lines, country: 'de', shippingMethod: 'Parcel' });
    expect(status).toBe(200);
    expect(body.quote).toMatchObject({
      lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      pricing: { subtotal: 4_400, shipping: 490 },
      shippingMethod: 'Parcel',
      country: 'DE',
    });
  });

  it('still has the last use of a promotion that the order holds itself, and nobody else gets it', async () => {
    const customerId = randomUUID();
    const code = 'LAST';
    const { id } = await promote(ecommerce, north, { code, limitTotal: 1, limitPerCustomer: 1 });
    const orderId = await redeemedOrder(id, customerId);
    const own = await requote({ orderId, customerId, couponCode: code });
    expect(own.body.quote.coupons).toEqual([{ promotionId: id, code, discount: 300 }]);
    const other = await requote({ customerId, couponCode: code });
    expect([other.status, other.body.quote.coupons]).toEqual([200, []]);
  });

  it('passes over a code that has ended, and loses a promotion whose minimum it falls below', async () => {
    expect((await requote({ couponCode: 'NO-SUCH' })).body.quote.coupons).toEqual([]);
    const { id } = await promote(ecommerce, north, { code: 'BIG', minimumSubtotal: 2_000 });
    expect((await requote({ couponCode: 'BIG' })).body.quote.coupons).toMatchObject([{ promotionId: id }]);
    expect((await requote({ couponCode: 'BIG', lines: [lineOf(mug, 1)] })).body.quote.coupons).toEqual([]);
  });

  it('is refused with the line that is not sold any more, and with the way that leads nowhere', async () => {
    const gone = await sell(ecommerce, north, { status: 'archived' });
    const refused = await requote({ lines: [lineOf(mug, 1), lineOf(gone, 1)] });
    expect(refused.body).toMatchObject({ status: 409, code: 'ecommerce.line_unavailable', lines: [{ index: 1 }] });
    const nowhere = await requote({ country: 'FR', shippingMethod: 'Parcel' });
    expect([nowhere.status, nowhere.body.code]).toEqual([409, 'ecommerce.shipping_unavailable']);
  });

  it('is told to sales only', async () => {
    expect((await requote({}, 'inventory')).status).toBe(403);
    const asCustomer = await ecommerce.request(quoteOrder.method, quoteOrder.path, { as: customer(), body: {} });
    expect(asCustomer.status).toBe(404);
  });
});
