import { orderCancelled, userRegistered } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { customer, deleteCompany, holdingsOf, purgeCompanies, superAdmin } from '@souk/testing';
import { orders } from '../src/order.store.ts';
import { adminOf, buy, hear, openCompany, profileOf, startWithSettings } from './customer.story.ts';
import { address, createdOrder, quoteFor, signed } from './order.fixture.ts';
import type { Placed, Sales } from './order.story.ts';
import { authorise, capture, confirm, factsOf, place, read, reserve } from './order.story.ts';

/** More than two pages of what is closed at once. */
const MANY = 250;
const MINUTE_MS = 60_000;

let sales: Sales;
beforeEach(async () => {
  sales = await startWithSettings();
});
afterEach(() => sales.app.stop());

const remove = (from = sales) => deleteCompany(from.app, from.shop.companyId);
const order = (buyer = customer()) => {
  const body = {
    quote: signed(quoteFor(sales.shop, { customerId: buyer.userId })),
    paymentMethod: 'sandbox',
    shippingAddress: address,
  };
  return sales.app.request('POST', '/orders', { as: buyer, key: newId(), body });
};
const stepsOf = async ({ id }: Placed) => (await sales.app.db(orders).findOne({ _id: id }))?.timeline ?? [];
const lastOf = async (placed: Placed) => {
  const last = (await stepsOf(placed)).at(-1);
  return [(await read(sales, placed)).status, last?.step, last?.cause];
};
const told = async (placed: Placed) =>
  (await sales.app.published(orderCancelled))
    .filter(({ subject }) => subject === placed.id)
    .map(({ data }) => [data.reason, data.refund]);

describe('the orders of a deleted company', () => {
  it('are cancelled as long as nothing has left, and what was paid for them is given back', async () => {
    const [pending, confirmed, shipped] = [await place(sales), await confirm(sales), await confirm(sales)];
    await sales.app.request('POST', `/orders/${shipped.id}/ship`, { as: adminOf(sales.shop), key: newId(), body: {} });
    const other = await openCompany(sales.app);
    const elsewhere = await place(other);
    expect(await remove()).toBe('SUCCESS');
    for (const placed of [pending, confirmed])
      expect(await lastOf(placed)).toEqual(['cancelled', 'cancelled', 'company_deleted']);
    expect([await told(pending), await told(confirmed)]).toEqual([[['company_deleted', false]], [['company_deleted', true]]]);
    expect((await read(sales, shipped)).status).toBe('shipped');
    expect((await read(other, elsewhere)).status).toBe('pending');
  });

  it('are cancelled once their money is known of, if it is under way', async () => {
    const placed = await place(sales);
    await reserve(sales, placed.id);
    await authorise(sales, placed.id);
    await remove();
    for (const _ of [1, 2]) {
      sales.app.advance(MINUTE_MS);
      await sales.app.runJob('close-deleted-companies');
    }
    expect(await lastOf(placed)).toEqual(['pending', 'cancel_asked', 'company.deleted']);
    await capture(sales, placed.id);
    expect(await told(placed)).toEqual([['company_deleted', true]]);
    expect((await stepsOf(placed)).filter(({ step }) => step === 'cancel_asked')).toHaveLength(1);
  });

  it('are all cancelled, over more pages than one, and each is told of once', async () => {
    const [placedAt, holdUntil] = [new Date(), new Date(Date.now() + 60 * MINUTE_MS)];
    const { companyId, shopId } = sales.shop;
    const many = Array.from({ length: MANY }, (_, index) =>
      createdOrder({ lines: [], placedAt, holdUntil, companyId, shopId, orderNumber: `SO-${index}` }),
    );
    await sales.app.db(orders).insertMany(many);
    await remove();
    expect(await sales.app.db(orders).count({ companyId, cancelReason: 'company_deleted' })).toBe(MANY);
    sales.app.advance(MINUTE_MS);
    await sales.app.runJob('close-deleted-companies');
    expect((await sales.app.published(orderCancelled)).filter(({ companyid }) => companyid === companyId)).toHaveLength(MANY);
  });

  it('are no longer made, and one that was being made meanwhile is found a minute later', async () => {
    await remove();
    expect(await order()).toMatchObject({ status: 422, body: { code: 'sales.shop_unknown' } });
    const [placedAt, holdUntil] = [new Date(), new Date(Date.now() + 60 * MINUTE_MS)];
    const late = createdOrder({
      lines: [],
      placedAt,
      holdUntil,
      ...{ companyId: sales.shop.companyId, shopId: sales.shop.shopId },
    });
    await sales.app.db(orders).insertOne(late);
    sales.app.advance(MINUTE_MS);
    await sales.app.runJob('close-deleted-companies');
    expect(await sales.app.db(orders).findOne({ _id: late._id })).toMatchObject({ cancelReason: 'company_deleted' });
    expect(await factsOf(sales, late._id, orderCancelled)).toHaveLength(1);
  });

  it('are not imported any more', async () => {
    await remove();
    const line = { productId: newId(), sku: 'MUG', name: 'Mug', quantity: 1, unitPrice: 100, tracked: false };
    const imported = {
      externalId: '1',
      shopId: sales.shop.shopId,
      currency: 'USD',
      placedAt: new Date(0).toISOString(),
      lines: [line],
    };
    const body = { orders: [imported] };
    const answer = await sales.app.request('POST', '/orders/import', { as: adminOf(sales.shop), key: newId(), body });
    expect(answer.status).toBe(404);
  });
});

describe('the customers of a deleted company', () => {
  const listed = async () => (await sales.app.request('GET', '/customers', { as: superAdmin() })).body.data.length;

  it('are no longer listed, and nobody becomes one', async () => {
    const { buyer } = await buy(sales);
    await hear(sales);
    const [profile] = (await sales.app.request('GET', '/customers', { as: buyer })).body.data;
    expect(await listed()).toBe(1);
    await remove();
    expect(await listed()).toBe(0);
    for (const as of [superAdmin(), buyer])
      expect((await sales.app.request('GET', `/customers/${profile.id}`, { as })).status).toBe(404);
    sales.app.advance(MINUTE_MS);
    const { companyId } = sales.shop;
    const registeredAt = sales.app.running.runtime.now().toISOString();
    const newcomer = { ...userRegistered.example, userId: newId(), role: 'customer' as const, companyId, registeredAt };
    expect(await sales.app.deliver(userRegistered, newcomer)).toBe('SUCCESS');
    expect(await listed()).toBe(0);
  });
});

test('all of a deleted company is purged when due, and nothing of another', async () => {
  const other = await openCompany(sales.app);
  const { buyer } = await buy(sales);
  const { buyer: stranger } = await buy(other);
  await hear(sales);
  await hear(other);
  const all = { orders: 1, customers: 1, shops: 1, company_settings: 1 };
  await remove();
  expect(await holdingsOf(sales.app, sales.shop.companyId)).toEqual(all);
  await purgeCompanies(sales.app);
  expect(await holdingsOf(sales.app, sales.shop.companyId)).toEqual({});
  expect(await holdingsOf(sales.app, other.shop.companyId)).toEqual(all);
  expect([await profileOf(sales, buyer), (await profileOf(other, stranger))?.customerId]).toEqual([null, stranger.userId]);
});
