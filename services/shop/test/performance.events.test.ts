import {
  companyCreated,
  companyDeleted,
  getCompanyState,
  orderCancelled,
  orderConfirmed,
  paymentRefunded,
  paymentSuccess,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, envelopeFor, shopManager, shopStaff, startTestService, superAdmin } from '@souk/testing';
import { productDays, shopDays } from '../src/performance/performance.store.ts';
import { service } from '../src/service.ts';

let shop: TestService;
let companyId: string;
let shopId: string;
const DAY_MS = 24 * 3_600_000;

beforeAll(async () => {
  shop = await startTestService(service);
});
beforeEach(async () => {
  companyId = newId();
  await shop.deliver(companyCreated, { ...companyCreated.example, companyId }, { sequence: 1000 });
  shopId = await addShop({ timezone: 'Europe/Berlin' });
});
afterAll(() => shop.stop());

async function addShop(fields: object): Promise<string> {
  return (await shop.request('POST', '/shops', { as: companyAdmin(companyId), body: { name: 'Corner', ...fields } })).body.id;
}

const [mug, cup] = [newId(), newId()];
const line = (productId: string, quantity: number, total: number) => ({
  ...orderConfirmed.example.lines[0]!,
  ...{ lineId: newId(), productId, quantity, total },
});
const lines = [line(mug, 2, 1_000), line(cup, 1, 501)];

const confirmed = (fields: object = {}) =>
  envelopeFor(orderConfirmed, {
    ...orderConfirmed.example,
    ...{ orderId: newId(), companyId, shopId, total: 1_501, lines, placedAt: '2026-03-28T23:30:00.000Z' },
    ...fields,
  });
const cancelled = (fields: object = {}) =>
  envelopeFor(orderCancelled, {
    ...orderCancelled.example,
    ...{ orderId: newId(), companyId, shopId, total: 1_501, lines, confirmed: true, at: '2026-03-30T08:00:00.000Z' },
    ...fields,
  });
const paid = (fields: object = {}) =>
  envelopeFor(paymentSuccess, {
    ...paymentSuccess.example,
    ...{ orderId: newId(), companyId, shopId, amount: 1_501, capturedAt: '2026-03-29T21:59:59.000Z' },
    ...fields,
  });
const refunded = (refundAmount: number, time: string) =>
  envelopeFor(paymentRefunded, { ...paymentRefunded.example, orderId: newId(), companyId, shopId, refundAmount }, { time });

const report = (query = 'from=2026-03-28&to=2026-03-30', as = companyAdmin(companyId)) =>
  shop.request('GET', `/shops/${shopId}/performance?${query}`, { as });

const ZERO = { orders: 0, cancelled: 0, value: 0, averageValue: null, captured: 0, refunded: 0, revenue: 0 };

test('what was sold and earned stands on the days of the shop, each fact once, in whatever sequence they come', async () => {
  const events = [
    confirmed(),
    confirmed({ total: 500, lines: [line(cup, 3, 500)] }),
    confirmed({ currency: 'JPY', total: 7 }),
    cancelled(),
    cancelled({ confirmed: false }),
    paid(),
    refunded(1_501, '2026-03-29T22:00:00.000Z'),
  ];
  expect(new Set(await shop.deliverAll([...events, ...events]))).toEqual(new Set(['SUCCESS']));
  await shop.deliverAll([...events].reverse());
  expect(await report()).toMatchObject({
    status: 200,
    body: {
      ...{ shopId, from: '2026-03-28', to: '2026-03-30', timezone: 'Europe/Berlin', currency: 'USD' },
      total: { orders: 2, cancelled: 1, value: 2_001, averageValue: 1_001, captured: 1_501, refunded: 1_501, revenue: 0 },
      days: [
        { day: '2026-03-28', ...ZERO },
        { day: '2026-03-29', ...ZERO, orders: 2, value: 2_001, averageValue: 1_001, captured: 1_501, revenue: 1_501 },
        { day: '2026-03-30', ...ZERO, cancelled: 1, refunded: 1_501, revenue: -1_501 },
      ],
    },
  });
  expect((await report()).body.topProducts).toEqual([{ productId: cup, units: 3, revenue: 500 }]);
  const yen = (await report('from=2026-03-28&to=2026-03-30&currency=JPY')).body;
  expect(yen).toMatchObject({ currency: 'JPY', total: { orders: 1, value: 7 } });
});

test('any sequence in which the facts come, each three times, ends in the same sums', async () => {
  const sums: unknown[] = [];
  for (let round = 0; round < 4; round += 1) {
    shopId = await addShop({ timezone: 'Europe/Berlin' });
    const events = [confirmed(), confirmed(), cancelled(), paid(), refunded(40, '2026-03-28T10:00:00.000Z')];
    const thrice = [...events, ...events, ...events];
    const shuffled = thrice.map((event, index) => ({ event, at: (index * (2 * round + 7)) % thrice.length }));
    for (const { event } of shuffled.sort((a, b) => a.at - b.at)) expect(await shop.deliverEnvelope(event)).toBe('SUCCESS');
    sums.push({ ...(await report()).body, shopId: null });
  }
  expect(sums[0]).toMatchObject({ total: { orders: 2, cancelled: 1, captured: 1_501, refunded: 40 } });
  for (const each of sums) expect(each).toEqual(sums[0]);
});

test('a shop without zone and currency has those of its company', async () => {
  shopId = await addShop({});
  await shop.deliverEnvelope(confirmed({ placedAt: '2026-03-29T03:59:00.000Z' }));
  const { body } = await report();
  expect(body).toMatchObject({ timezone: 'America/New_York', currency: 'USD', days: [{ orders: 1 }, {}, {}] });
});

test('payments of debts, and orders of shops that nobody knows, count nowhere', async () => {
  const { orderId: _orderId, revision: _revision, ...debt } = { ...paymentSuccess.example, companyId, shopId, debtId: newId() };
  const strange = newId();
  await shop.deliverAll([envelopeFor(paymentSuccess, debt), confirmed({ shopId: strange }), paid({ shopId: strange })]);
  expect((await report()).body.total).toEqual(ZERO);
  expect(await shop.db(shopDays).count({ shopId: { $in: [strange, shopId] } })).toBe(0);
  expect(shop.deadLetters).toEqual([]);
});

test('staff sees its own shops, an administrator its company, and customers nothing', async () => {
  const statusFor = async (as: ReturnType<typeof customer>) => (await report(undefined, as)).status;
  for (const as of [superAdmin(), companyAdmin(companyId), shopManager(companyId, [shopId]), shopStaff(companyId, [shopId])])
    expect(await statusFor(as)).toBe(200);
  for (const as of [companyAdmin(newId()), shopManager(companyId, [newId()]), shopStaff(newId(), [shopId])])
    expect(await statusFor(as)).toBe(404);
  expect(await statusFor(customer())).toBe(403);
  expect((await shop.request('GET', `/shops/${shopId}/performance`)).status).toBe(401);
});

test('without a range it is the last thirty days, today included', async () => {
  await shop.deliverEnvelope(confirmed({ placedAt: new Date().toISOString() }));
  const { body } = await report('');
  expect(body.days).toHaveLength(30);
  expect(body.days.at(-1)).toMatchObject({ day: body.to, orders: 1 });
});

test.each(['from=2026-03-30&to=2026-03-29', 'from=2024-01-01&to=2025-01-01', 'from=yesterday', 'currency=XXY', 'by=hour'])(
  '422 to ?%s',
  async (query) => {
    expect((await report(query)).status).toBe(422);
  },
);

test('a currency has to be named where nobody knows one', async () => {
  const young = newId();
  const body = { name: 'Corner', companyId: young };
  shop.sidecar.answer(getCompanyState, ({ params }) => ({ companyId: params.id, state: 'active' as const }));
  shopId = (await shop.request('POST', '/shops', { as: superAdmin(), body })).body.id;
  expect(await report('', superAdmin())).toMatchObject({ status: 422, body: { code: 'shop.currency_unknown' } });
});

test('the figures of a deleted company go when it is purged', async () => {
  await shop.deliverEnvelope(confirmed());
  const purgeAt = new Date(Date.now() + DAY_MS).toISOString();
  await shop.deliver(companyDeleted, { ...companyDeleted.example, companyId, purgeAt });
  expect(await shop.db(shopDays).count({ companyId })).toBe(1);
  shop.advance(2 * DAY_MS);
  await shop.runJob('purge-deleted-companies');
  expect(await shop.db(shopDays).count({ companyId })).toBe(0);
  expect(await shop.db(productDays).count({ companyId })).toBe(0);
});
