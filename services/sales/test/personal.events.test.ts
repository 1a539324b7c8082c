import { userErased } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import type { Order } from '../src/order.model.ts';
import { orders } from '../src/order.store.ts';
import { startSales } from './order.fixture.ts';
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
