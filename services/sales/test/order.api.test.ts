import type { Quote } from '@souk/contracts';
import { orderCreated } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopStaff, superAdmin } from '@souk/testing';
import { orders } from '../src/order.store.ts';
import type { Shop } from './order.fixture.ts';
import { address, lineOf, openShop, quoteFor, signed, startSales } from './order.fixture.ts';
import type { Sales } from './order.story.ts';
import { factsOf, place, read } from './order.story.ts';

let sales: Sales;
let app: TestService;
let shop: Shop;

beforeAll(async () => {
  sales = await startSales();
  ({ app, shop } = sales);
});
afterAll(() => app.stop());

describe('making an order', () => {
  it('answers 201 with how to pay and publishes order.created with all that others need', async () => {
    const placed = await place(sales);
    expect(await read(sales, placed)).toMatchObject({
      status: 'pending',
      paymentStatus: 'pending',
      payment: { method: 'sandbox', needsIntent: true },
    });
    const [event] = await factsOf(sales, placed.id, orderCreated);
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

  const order = (quote: Partial<Quote>, shippingAddress?: object) => {
    const buyer = customer();
    const body = {
      quote: signed(quoteFor(shop, { ...quote, customerId: buyer.userId })),
      ...{ paymentMethod: 'sandbox', ...(shippingAddress && { shippingAddress }) },
    };
    return app.request('POST', '/orders', { as: buyer, key: newId(), body });
  };

  it.each([
    ['a way to send it', { shippingMethod: undefined, shippingKind: undefined, country: undefined }, 'sales.shipping_needed'],
    ['a place', { country: undefined }, 'sales.quote_for_other_place'],
    ['the same country', { country: 'US' }, 'sales.quote_for_other_place'],
    ['the same state', { state: 'SCT' }, 'sales.quote_for_other_place'],
  ])('refuses a customer a quote that was made without %s', async (_case, quote, code) => {
    const answer = await order(quote, address);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it('compares places as they are written, and asks none of what is picked up or not sent at all', async () => {
    expect((await order({ state: 'SCT' }, { ...address, state: 'sct ' })).status).toBe(201);
    const fetched = await order({ shippingMethod: 'Counter', shippingKind: 'pickup', country: undefined });
    expect([fetched.status, fetched.body.shippingKind]).toEqual([201, 'pickup']);
    const nowhere = { shippingMethod: undefined, shippingKind: undefined, country: undefined };
    expect((await order({ ...nowhere, lines: [{ ...lineOf('SONG', 3, 1_000), tracked: false }] })).status).toBe(201);
  });

  it('asks no place at the till', async () => {
    const clerk = shopStaff(shop.companyId, [shop.shopId]);
    const quote = signed(quoteFor(shop, { shippingMethod: undefined, shippingKind: undefined, country: undefined }));
    const answer = await app.request('POST', '/orders', { as: clerk, key: newId(), body: { quote, paymentMethod: 'cash' } });
    expect(answer.status).toBe(201);
  });

  it('refuses staff an order of a shop that is not theirs', async () => {
    const other = await openShop(app);
    const clerk = shopStaff(shop.companyId, [shop.shopId]);
    const body = { quote: signed(quoteFor(other)), paymentMethod: 'cash' };
    expect((await app.request('POST', '/orders', { as: clerk, key: newId(), body })).body.code).toBe('sales.shop_unknown');
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
    const placed = await place(sales);
    expect((await app.request('GET', `/orders/${placed.id}`, { as: person() })).status).toBe(status);
    const moved = await app.request('POST', `/orders/${placed.id}/deliver`, { as: person() });
    expect([403, 404, 409]).toContain(moved.status);
  });

  it('lists what is in the scope of the caller only', async () => {
    const { id, buyer } = await place(sales);
    const { body } = await app.request('GET', '/orders', { as: buyer });
    expect(body.data.map((order: { id: string }) => order.id)).toEqual([id]);
  });
});
