import {
  customerCreated,
  customerDeleted,
  customerSegmentChanged,
  customerUpdated,
  findUserByEmail,
  getContact,
} from '@souk/contracts';
import { newId, notFound } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager, shopStaff, superAdmin } from '@souk/testing';
import { customers } from '../src/customer/customer.store.ts';
import { adminOf, buy, giveBack, hear, openCompany, profileOf, startWithSettings, told } from './customer.story.ts';
import { openShop } from './order.fixture.ts';
import type { Sales } from './order.story.ts';

let app: TestService;
/** A company of its own for each test. */
let sales: Sales;
let admin: Person;
beforeAll(async () => {
  ({ app } = await startWithSettings());
});
beforeEach(async () => {
  sales = await openCompany(app);
  admin = adminOf(sales.shop);
});
afterAll(() => app.stop());

const get = (path: string, as: Person) => app.request('GET', path, { as });
const patch = (id: string, body: object, as = admin) => app.request('PATCH', `/customers/${id}`, { as, body });

/** Somebody who has bought for 3,000. */
async function meet(options: Parameters<typeof buy>[1] = {}) {
  const bought = await buy(sales, options);
  await hear(sales);
  const [profile] = await app.db(customers).find({ customerId: bought.buyer.userId, companyId: bought.shop.companyId });
  return { ...bought, profileId: profile?._id ?? '' };
}

test('staff see a customer with name, address, notes and tags, and the customer the profile without the last two', async () => {
  const { buyer, profileId } = await meet();
  await patch(profileId, { notes: 'Likes tea', tags: ['vip'] });
  const shown = { id: profileId, customerId: buyer.userId, name: `Person ${buyer.userId}`, email: `${buyer.userId}@example.com` };
  const seen = await get(`/customers/${profileId}`, admin);
  expect(seen.body).toMatchObject({ ...shown, segment: 'bronze', segmentBy: 'spend', notes: 'Likes tea', tags: ['vip'] });
  expect(seen.headers.etag).toBe('"v2"');
  const own = await get(`/customers/${profileId}`, buyer);
  expect(own.body).toMatchObject(shown);
  expect([own.body.notes, own.body.tags]).toEqual([undefined, undefined]);
  // Nor do they learn of tags by asking for them.
  expect((await get('/customers?tag=none', buyer)).body.data).toMatchObject([{ id: profileId }]);
});

test('nobody outside sees or changes a customer: 404, and 403 for a role that may not at all', async () => {
  const { shop } = sales;
  const { profileId } = await meet();
  const strangers = [
    companyAdmin(newId()),
    shopManager(shop.companyId, [newId()]),
    shopStaff(newId(), [shop.shopId]),
    customer(),
  ];
  for (const as of strangers) {
    for (const path of [`/customers/${profileId}`, `/customers/${profileId}/orders`])
      expect((await get(path, as)).status).toBe(404);
    expect((await get('/customers', as)).body.data).toEqual([]);
  }
  const other = companyAdmin(newId());
  expect((await patch(profileId, { notes: 'x' }, other)).status).toBe(404);
  expect((await app.request('DELETE', `/customers/${profileId}`, { as: other })).status).toBe(404);
  for (const as of [
    superAdmin(),
    shopManager(shop.companyId, [shop.shopId]),
    shopStaff(shop.companyId, [shop.shopId]),
    customer(),
  ]) {
    expect((await patch(profileId, { notes: 'x' }, as)).status).toBe(403);
    expect((await app.request('DELETE', `/customers/${profileId}`, { as })).status).toBe(403);
  }
});

test('shops see who has ordered in them, and what was ordered there', async () => {
  const { shop } = sales;
  const second = { ...shop, shopId: newId(), warehouseId: newId() };
  await openShop(app, second);
  const { buyer, profileId } = await meet();
  await meet({ buyer, shop: second, amount: 500 });
  const clerk = shopStaff(shop.companyId, [second.shopId]);
  expect((await get('/customers', clerk)).body.data).toMatchObject([{ id: profileId, shopIds: [shop.shopId, second.shopId] }]);
  expect((await get(`/customers/${profileId}/orders`, clerk)).body).toMatchObject({
    count: 1,
    totals: [{ total: { amount: 500 } }],
  });
  expect((await get(`/customers/${profileId}/orders`, admin)).body.count).toBe(2);
});

test('sums up the orders that count, by currency', async () => {
  const first = await meet({ amount: 3_000 });
  const { buyer, profileId } = first;
  await meet({ buyer, amount: 1_001 });
  const last = await meet({ buyer, amount: 700, currency: 'EUR' });
  const cancelled = await meet({ buyer, amount: 9_000 });
  await app.request('POST', `/orders/${cancelled.orderId}/cancel`, { as: admin, key: newId() });
  await giveBack(sales, first, 500);
  const { body } = await get(`/customers/${profileId}/orders`, buyer);
  expect(body).toEqual({
    count: 3,
    totals: [
      { count: 1, total: { amount: 700, currency: 'EUR' }, average: { amount: 700, currency: 'EUR' } },
      { count: 2, total: { amount: 3_501, currency: 'USD' }, average: { amount: 1_751, currency: 'USD' } },
    ],
    last: { orderId: last.orderId, orderNumber: expect.any(String), placedAt: expect.any(String) },
  });
});

test('a list goes on by pages and is narrowed by segment, tag and person', async () => {
  const made = [await meet(), await meet({ amount: 6_000 }), await meet({ amount: 6_000 })];
  const [first, second, third] = made.map(({ profileId }) => profileId);
  await patch(second ?? '', { tags: ['vip', 'tea'] });
  const ids = async (query: string) => (await get(`/customers${query}`, admin)).body.data.map(({ id }) => id);
  expect(await ids('')).toEqual([third, second, first]);
  expect(await ids('?segment=silver')).toEqual([third, second]);
  expect(await ids('?tag=tea')).toEqual([second]);
  expect(await ids(`?customerId=${made[0]?.buyer.userId}`)).toEqual([first]);
  const page = (await get('/customers?limit=2', admin)).body;
  expect(await ids(`?limit=2&cursor=${page.nextCursor}`)).toEqual([first]);
});

test('a list is shown without names while auth is away, and asks it no further', async () => {
  for (let count = 0; count < 12; count += 1) await meet();
  let asked = 0;
  app.sidecar.answer(getContact, () => {
    asked += 1;
    throw new Error('auth is away');
  });
  const { status, body } = await get('/customers', admin);
  expect([status, body.data.length, body.data.map(({ name }) => name).filter(Boolean)]).toEqual([200, 12, []]);
  expect(asked).toBeLessThanOrEqual(8);
});

test('who auth does not know any more is shown without a name, beside the others', async () => {
  const [gone, other] = [await meet(), await meet()];
  app.sidecar.answer(getContact, ({ params }) => {
    if (params.id === gone.buyer.userId) throw notFound();
    return { userId: params.id, email: 'ada@example.com', name: 'Ada', isActive: true };
  });
  const { body } = await get('/customers', admin);
  expect(body.data.map(({ customerId, name }) => [customerId, name])).toEqual([
    [other.buyer.userId, 'Ada'],
    [gone.buyer.userId, undefined],
  ]);
});

test('finds a customer by address, within the caller only', async () => {
  const { shop } = sales;
  const { buyer, profileId } = await meet();
  app.sidecar.answer(findUserByEmail, ({ body }) => (body.email === 'ada@example.com' ? { userId: buyer.userId } : {}));
  const find = (email: string, as: Person, query = '') => get(`/customers/email/${encodeURIComponent(email)}${query}`, as);
  expect((await find('ada@example.com', admin)).body).toMatchObject({ id: profileId });
  expect((await find('ada@example.com', superAdmin(), `?companyId=${shop.companyId}`)).body).toMatchObject({ id: profileId });
  expect((await find('ada@example.com', superAdmin())).status).toBe(422);
  const missed: [string, Person, string?][] = [
    ['bob@example.com', admin],
    ['ada@example.com', companyAdmin(newId())],
    ['ada@example.com', companyAdmin(newId()), `?companyId=${shop.companyId}`],
    ['ada@example.com', shopManager(shop.companyId, [newId()])],
  ];
  for (const asked of missed) expect((await find(...asked)).status).toBe(404);
  expect((await find('ada@example.com', buyer)).status).toBe(403);
  expect((await find('no-address', admin)).status).toBe(404);
});

test('a segment set by hand stays whatever is spent, until it is set to auto', async () => {
  const { buyer, profileId } = await meet({ amount: 6_000 });
  expect((await patch(profileId, { segment: 'platinum' })).body).toMatchObject({ segment: 'platinum', segmentBy: 'staff' });
  await meet({ buyer, amount: 6_000 });
  app.advance(24 * 3600_000);
  await app.runJob('review segments');
  expect(await profileOf(sales, buyer)).toMatchObject({ segment: 'platinum', spent: 12_000 });
  expect((await patch(profileId, { segment: 'auto' })).body).toMatchObject({ segment: 'gold', segmentBy: 'spend' });
  const moves = await told(sales, customerSegmentChanged);
  expect(moves.map(({ data: { before, after, cause } }) => [before, after, cause])).toEqual([
    ['silver', 'platinum', 'staff'],
    ['platinum', 'gold', 'spend'],
  ]);
  expect(new Set(moves.map(({ sequence }) => sequence)).size).toBe(2);
});

test('tells of a change by the names of its fields, never by what staff wrote, and of none when nothing changed', async () => {
  const { profileId } = await meet();
  await patch(profileId, { notes: 'Private words', tags: ['secret-tag'] });
  await patch(profileId, { notes: 'Private words' });
  const changes = await told(sales, customerUpdated);
  expect(changes.map(({ data }) => data.changed)).toEqual([['notes', 'tags']]);
  expect(JSON.stringify(changes)).not.toMatch(/Private|secret-tag/);
});

test('refuses a change of what it is not, and one that was made on another version', async () => {
  const { profileId } = await meet();
  const bad = [{ segment: 'gold-plated' }, { tags: ['a', 'a'] }, { tags: [''] }, { notes: 'x'.repeat(5_001) }, { name: 'Ada' }];
  for (const body of bad) expect((await patch(profileId, body)).status).toBe(422);
  const stale = { as: admin, body: { notes: 'x' }, headers: { 'if-match': '"v7"' } };
  expect((await app.request('PATCH', `/customers/${profileId}`, stale)).status).toBe(412);
});

test('a deleted profile is gone with its notes, old facts do not bring it back, and a later order makes one anew', async () => {
  const { buyer, profileId } = await meet({ amount: 6_000 });
  await patch(profileId, { notes: 'Likes tea', tags: ['vip'], segment: 'gold' });
  const late = await buy(sales, { buyer });
  expect((await app.request('DELETE', `/customers/${profileId}`, { as: admin })).status).toBe(204);
  expect(await app.db(customers).find({ companyId: sales.shop.companyId })).toMatchObject([
    { notes: '', tags: [], isActive: false },
  ]);
  await hear(sales);
  expect((await get(`/customers/${profileId}`, admin)).status).toBe(404);
  expect((await get('/customers', admin)).body.data).toEqual([]);
  app.sidecar.answer(findUserByEmail, () => ({ userId: buyer.userId }));
  expect((await get('/customers/email/ada%40example.com', admin)).status).toBe(404);
  expect((await app.request('GET', `/orders/${late.orderId}`, { as: admin })).status).toBe(200);
  expect(await told(sales, customerDeleted)).toMatchObject([{ subject: profileId }]);
  app.advance(1_000);
  const fresh = await meet({ buyer });
  expect(fresh.profileId).not.toBe(profileId);
  const { body } = await get(`/customers/${fresh.profileId}`, admin);
  expect(body).toMatchObject({ notes: '', tags: [], segment: 'gold', segmentBy: 'spend', version: 1 });
  expect(await told(sales, customerCreated)).toHaveLength(2);
});

test('people of a suspended company read their customers and change none', async () => {
  const { profileId } = await meet();
  await app.suspend(sales.shop.companyId);
  expect((await get(`/customers/${profileId}`, admin)).status).toBe(200);
  expect((await patch(profileId, { notes: 'x' })).status).toBe(402);
});
