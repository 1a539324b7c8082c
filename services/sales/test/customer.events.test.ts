import type { Envelope } from '@souk/contracts';
import {
  customerCreated,
  customerSegmentChanged,
  orderCancelled,
  orderRefunded,
  userErased,
  userRegistered,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person } from '@souk/testing';
import { customer } from '@souk/testing';
import { customers } from '../src/customer/customer.store.ts';
import { adminOf, buy, facts, giveBack, hear, profileOf, settle, startWithSettings, thresholds } from './customer.story.ts';
import { openShop } from './order.fixture.ts';
import type { Sales } from './order.story.ts';

const DAY_MS = 24 * 3600_000;

let sales: Sales;
beforeEach(async () => {
  sales = await startWithSettings();
});
afterEach(() => sales.app.stop());

const segmentsOf = async ({ userId }: Person) =>
  (await sales.app.published(customerSegmentChanged))
    .filter(({ data }) => data.customerId === userId)
    .map(({ data: { before, after, cause } }) => [before, after, cause]);

/** Without what tells when it was looked at. */
async function kept(person: Person) {
  const { _id, judgedAt, nextCheckAt, createdAt, updatedAt, version, ...rest } = (await profileOf(sales, person)) ?? {};
  return rest;
}

test('the first order makes a profile, the next ones do not', async () => {
  const { buyer } = await buy(sales);
  await hear(sales);
  await buy(sales, { buyer });
  await hear(sales);
  const made = await sales.app.published(customerCreated);
  expect(made.map(({ data }) => [data.customerId, data.companyId, data.source])).toEqual([
    [buyer.userId, sales.shop.companyId, 'checkout'],
  ]);
  expect(await kept(buyer)).toMatchObject({ shopIds: [sales.shop.shopId], spent: 6_000, segment: 'silver', notes: '', tags: [] });
});

test('what is confirmed, cancelled and given back decides spending and segment', async () => {
  const { buyer } = await buy(sales, { amount: 4_000 });
  const second = await buy(sales, { buyer, amount: 8_000 });
  await hear(sales);
  expect(await kept(buyer)).toMatchObject({ spent: 12_000, segment: 'gold' });
  await giveBack(sales, second, 1_000);
  await giveBack(sales, second, 2_500);
  await giveBack(sales, second, 1_000);
  await hear(sales);
  expect((await sales.app.published(orderRefunded)).map(({ data }) => data.refundedTotal)).toEqual([1_000, 2_500]);
  expect(await kept(buyer)).toMatchObject({ spent: 9_500, segment: 'silver' });
  await sales.app.request('POST', `/orders/${second.orderId}/cancel`, { as: adminOf(sales.shop), key: newId() });
  await hear(sales);
  expect((await sales.app.published(orderCancelled)).map(({ subject }) => subject)).toEqual([second.orderId]);
  expect(await kept(buyer)).toMatchObject({ spent: 4_000, segment: 'bronze' });
  expect(await segmentsOf(buyer)).toEqual([
    ['gold', 'silver', 'spend'],
    ['silver', 'bronze', 'spend'],
  ]);
});

test('each fact three times and shuffled ends in the same profile', async () => {
  const { buyer } = await buy(sales, { amount: 4_000 });
  const cancelled = await buy(sales, { buyer, amount: 50_000 });
  const refunded = await buy(sales, { buyer, amount: 9_000 });
  await giveBack(sales, refunded, 3_000);
  await sales.app.request('POST', `/orders/${cancelled.orderId}/cancel`, { as: adminOf(sales.shop), key: newId() });
  const told = await facts(sales);
  expect(told).toHaveLength(8);
  // Later runs are of facts with ids of their own: the inbox would pass the same ones over.
  for (const order of [told, [...told].reverse(), shuffled(told)]) {
    await sales.app.db(customers).deleteMany({});
    const fresh = order.map((event) => ({ ...event, id: newId() }));
    for (const event of [...fresh, ...shuffled(fresh), ...fresh.reverse()]) await sales.app.deliverEnvelope(event);
    expect(await sales.app.db(customers).find({})).toHaveLength(1);
    expect(await kept(buyer)).toMatchObject({ spent: 10_000, segment: 'gold', shopIds: [sales.shop.shopId] });
  }
});

/** By a generator of its own seed, so that a failure comes again. */
function shuffled(events: readonly Envelope[]): Envelope[] {
  let state = 7;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  return events
    .map((event) => ({ event, place: next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

test('orders of one buyer that are heard of at the same time all count', async () => {
  const { buyer } = await buy(sales, { amount: 1_000 });
  for (let count = 1; count < 8; count += 1) await buy(sales, { buyer, amount: 1_000 });
  await Promise.all((await facts(sales)).map((event) => sales.app.deliverEnvelope(event)));
  expect(await kept(buyer)).toMatchObject({ spent: 8_000, segment: 'silver' });
  expect(await sales.app.published(customerCreated)).toHaveLength(1);
});

test('the window of twelve months slides by a job that tells of changes only, and once', async () => {
  const { buyer } = await buy(sales, { amount: 12_000 });
  await hear(sales);
  const reviewAfter = async (days: number) => {
    sales.app.advance(days * DAY_MS);
    await sales.app.runJob('review segments');
    await sales.app.runJob('review segments');
  };
  await reviewAfter(364);
  expect([(await profileOf(sales, buyer))?.segment, await segmentsOf(buyer)]).toEqual(['gold', []]);
  await reviewAfter(3);
  expect(await kept(buyer)).toMatchObject({ spent: 0, segment: 'bronze' });
  expect(await segmentsOf(buyer)).toEqual([['gold', 'bronze', 'spend']]);
  expect((await profileOf(sales, buyer))?.nextCheckAt).toBeUndefined();
});

test('new thresholds of a company count within a day', async () => {
  const { buyer } = await buy(sales, { amount: 12_000 });
  await hear(sales);
  await settle(sales, { segmentThresholds: { ...thresholds, gold: 12_001 } });
  sales.app.advance(DAY_MS);
  await sales.app.runJob('review segments');
  expect(await segmentsOf(buyer)).toEqual([['gold', 'silver', 'spend']]);
});

test('orders in another currency than the company has do not count towards the segment', async () => {
  const { buyer } = await buy(sales, { amount: 90_000, currency: 'EUR' });
  await hear(sales);
  expect(await kept(buyer)).toMatchObject({ spent: 0, segment: 'bronze' });
});

test('who registers with a company is its customer; colleagues are not, nor is anybody of one that is not there', async () => {
  const { companyId } = sales.shop;
  const [person, colleague] = [customer(), customer()];
  const registered = { ...userRegistered.example, registeredAt: new Date().toISOString() };
  await sales.app.deliver(userRegistered, { ...registered, userId: person.userId, companyId });
  await sales.app.deliver(userRegistered, { ...registered, userId: colleague.userId, role: 'shop_staff', companyId });
  await sales.app.deliver(userRegistered, { ...registered, userId: newId() });
  await sales.app.deliver(userRegistered, { ...registered, userId: newId(), companyId: newId() });
  expect(await kept(person)).toMatchObject({ source: 'registration', shopIds: [], segment: 'bronze' });
  expect(await sales.app.db(customers).count({})).toBe(1);
});

test('each company has its own profile of a person', async () => {
  const { buyer } = await buy(sales);
  await buy(sales, { buyer, shop: await openShop(sales.app), amount: 70_000 });
  await hear(sales);
  expect(await sales.app.db(customers).count({ customerId: buyer.userId })).toBe(2);
  expect(await kept(buyer)).toMatchObject({ spent: 3_000, segment: 'bronze' });
});

test('an erased person loses notes and tags and keeps the figures; the archive of a person has the profile', async () => {
  const { buyer } = await buy(sales);
  await hear(sales);
  const { _id } = (await profileOf(sales, buyer)) ?? {};
  const body = { notes: 'Likes tea', tags: ['vip'] };
  await sales.app.request('PATCH', `/customers/${_id}`, { as: adminOf(sales.shop), body });
  const { body: held } = await sales.app.request('GET', `/internal/users/${buyer.userId}/data?cursor=1:`, { app: 'auth' });
  expect(held.items).toEqual([
    { of: 'customers', document: expect.objectContaining({ _id, notes: 'Likes tea', tags: ['vip'] }) },
  ]);
  await sales.app.deliver(userErased, { userId: buyer.userId, at: new Date().toISOString() });
  expect(await kept(buyer)).toMatchObject({ notes: '', tags: [], spent: 3_000 });
});
