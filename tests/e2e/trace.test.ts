import type { Collector } from '@souk/testing';
import { openCollector } from '@souk/testing';
import type { Day } from './day.ts';
import { openDay } from './day.ts';
import { BAD_CARD, setSwitches } from './shopper.ts';
import { expectCheckout, expectLogs, expectOneTraceEach, expectSpans, exportingTo } from './traces.ts';

let collector: Collector;
let day: Day;

beforeAll(async () => {
  collector = await openCollector();
  day = await openDay(exportingTo(collector));
  await trade(day);
}, 240_000);

afterAll(async () => {
  await day?.close();
  await collector?.close();
}, 60_000);

/** Orders that share commits all along their ways: some end delivered, one is declined first, one given back, one never had goods. */
async function trade({ ada, buyer, platform, tenant, products }: Day): Promise<void> {
  const [first, second] = tenant.shopIds;
  await ada.fillCart(first ?? '', products[0], 2);
  await ada.fillCart(second ?? '', products[1], 1);
  const sent = [...(await ada.checkOut()), await ada.buyOne(first, products[2])];
  const declined = await ada.buyOne(second, products[3]);
  const missing = await ada.buyOne(first, products[1], { quantity: 1_000 });
  // That the gateway fails is told in payment's log, in the trace of the request.
  await setSwitches(platform, { failNext: 1 });
  const refused = await platform.api.request('POST', '/payments/intent', { token: buyer.token, body: { orderId: declined.id } });
  expect(refused.status).toBe(503);
  await setSwitches(platform, {});
  expect(await ada.pay(declined, BAD_CARD)).toBe(402);
  expect(await Promise.all([...sent, declined].map((order) => ada.pay(order)))).toEqual([200, 200, 200, 200]);
  await Promise.all([...sent, declined].map(({ id }) => ada.reach(id, 'confirmed', 'paid')));
  await platform.api.request('POST', `/orders/${declined.id}/cancel`, { token: buyer.token });
  await Promise.all(sent.map((order, index) => ada.receive(order, tenant, `T-${index}`)));
  await ada.reach(declined.id, 'cancelled', 'refunded');
  await ada.reach(missing.id, 'cancelled');
}

test('each span has its parent, and each event one producer and its consumers', () => expectSpans(day, collector), 60_000);

test('an order is one trace, from its checkout to its end', () => expectOneTraceEach(day, collector), 60_000);

test(
  'a checkout touches the services that it must, up to the sockets, and no other',
  () => expectCheckout(day, collector),
  60_000,
);

test('logs name the spans that they were written in', () => expectLogs(day, collector));
