import { userErased } from '@souk/contracts';
import { erasures } from '@souk/personal-data';
import { answers, memos, newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { customer } from '@souk/testing';
import type { Order } from '../src/order.model.ts';
import { orders } from '../src/order.store.ts';
import { address, quoteFor, signed, startSales } from './order.fixture.ts';
import type { Sales } from './order.story.ts';
import { place, read } from './order.story.ts';

let sales: Sales;
beforeAll(async () => {
  sales = await startSales();
});
afterAll(() => sales.app.stop());

const dataOf = (app: TestService, userId: string, query = '') =>
  app.request('GET', `/internal/users/${userId}/data${query}`, { app: 'auth' });

test('gives auth the orders of a person, and nobody else', async () => {
  const placed = await place(sales);
  await place(sales);
  const { app } = sales;
  const { body } = await dataOf(app, placed.buyer.userId);
  expect(body.items).toEqual([{ of: 'orders', document: expect.objectContaining({ _id: placed.id }) }]);
  expect(body.items[0].document.shippingAddress).toMatchObject({ country: 'GB', name: 'Ada Byron' });
  expect(JSON.stringify(body)).not.toContain('nextDeadlineAt');
  const path = `/internal/users/${placed.buyer.userId}/data`;
  expect((await app.request('GET', path, { app: 'payment' })).status).toBe(403);
  expect((await app.request('GET', path, { as: placed.buyer })).status).toBe(404);
});

test('gives them page by page', async () => {
  const placed = await place(sales);
  const { app } = sales;
  const order = await app.db(orders).findOne({ _id: placed.id });
  const more = Array.from({ length: 100 }, () => ({ ...order, _id: newId(), orderNumber: newId(), quoteId: newId() }) as Order);
  await app.db(orders).insertMany(more);
  const first = (await dataOf(app, placed.buyer.userId)).body;
  const second = (await dataOf(app, placed.buyer.userId, `?cursor=${encodeURIComponent(first.next)}`)).body;
  const ids = [...first.items, ...second.items].map(({ document }) => document._id);
  // Profiles come after the orders.
  expect([first.items.length, second.items.length, second.next]).toEqual([100, 1, '1:']);
  expect((await dataOf(app, placed.buyer.userId, '?cursor=1:')).body).toEqual({ items: [] });
  expect(new Set(ids).size).toBe(101);
  expect((await dataOf(app, placed.buyer.userId, '?cursor=7:')).body.items).toEqual([]);
});

test('counts for auth the orders of a person that are under way', async () => {
  const { id, buyer } = await place(sales);
  const count = async () =>
    (await sales.app.request('GET', `/internal/customers/${buyer.userId}/open-orders`, { app: 'auth' })).body.count;
  expect(await count()).toBe(1);
  await sales.app.request('POST', `/orders/${id}/cancel`, { as: buyer, key: newId() });
  expect(await count()).toBe(0);
});

test('leaves of an erased person the orders, with where they were taxed and no more', async () => {
  const [placed, other] = [await place(sales), await place(sales)];
  const before = await read(sales, placed);
  await sales.app.deliver(userErased, { userId: placed.buyer.userId, at: new Date().toISOString() });
  const after = await read(sales, placed);
  const erased = { name: 'erased', line1: 'erased', city: 'erased', postalCode: 'erased' };
  expect(after.shippingAddress).toEqual({ ...erased, country: 'GB' });
  expect({ ...after, shippingAddress: before.shippingAddress }).toEqual(before);
  expect((await read(sales, other)).shippingAddress).toEqual(before.shippingAddress);
});

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ERASED = { name: 'erased', line1: 'erased', city: 'erased', postalCode: 'erased', country: 'GB' };
const erase = (userId: string) => sales.app.deliver(userErased, { userId, at: new Date().toISOString() });
const sentTo = async (orderId: string) => (await sales.app.db(orders).findOne({ _id: orderId }))?.shippingAddress;

/** An order by a token that is not yet known to be revoked. */
async function orderAgain({ userId }: Person): Promise<string> {
  const { app, shop } = sales;
  const quote = signed(quoteFor(shop, { customerId: userId }));
  const body = { quote, paymentMethod: 'sandbox', shippingAddress: address };
  return (await app.request('POST', '/orders', { as: customer(userId), key: newId(), body })).body.id;
}

/** What a write of weeks later leaves: a copy of an order as it was. */
async function writeAgain(orderId: string, before: Order['shippingAddress']): Promise<void> {
  await sales.app.db(orders).updateOne({ _id: orderId }, { $set: { shippingAddress: before } });
}

test('of an order that is made while its buyer is erased, the address goes within two minutes', async () => {
  const { buyer } = await place(sales);
  await erase(buyer.userId);
  const late = await orderAgain(buyer);
  await sales.app.runJob('erase again');
  expect(await sentTo(late)).toMatchObject({ name: 'Ada Byron' });
  sales.app.advance(MINUTE_MS);
  await sales.app.runJob('erase again');
  expect(await sentTo(late)).toEqual(ERASED);
});

test('an erasure that died after its first commit is done by the job', async () => {
  const { id, buyer } = await place(sales);
  const now = new Date();
  await sales.app.db(erasures).insertOne({ _id: buyer.userId, erasedAt: now, nextAt: now });
  await sales.app.runJob('erase again');
  expect(await sentTo(id)).toEqual(ERASED);
});

test('nothing is kept for repeats of what an erased person asked, of others all is', async () => {
  const [{ buyer }, other] = [await place(sales), await place(sales)];
  const kept = async () => JSON.stringify([await sales.app.db(answers).find({}), await sales.app.db(memos).find({})]);
  expect(await kept()).toContain(buyer.userId);
  await erase(buyer.userId);
  const left = await kept();
  expect(left).not.toContain(buyer.userId);
  expect(left.split(other.buyer.userId).length).toBeGreaterThan(2);
});

test('what is written of an erased person weeks later goes too, until nothing can come any more', async () => {
  const { id, buyer } = await place(sales);
  const before = await sentTo(id);
  await erase(buyer.userId);
  sales.app.advance(10 * DAY_MS);
  await sales.app.runJob('erase again');
  await writeAgain(id, before);
  sales.app.advance(11 * DAY_MS);
  await sales.app.runJob('erase again');
  expect(await sentTo(id)).toEqual(ERASED);
  sales.app.advance(22 * DAY_MS);
  await sales.app.runJob('erase again');
  expect(await sales.app.db(erasures).count({})).toBe(0);
});
