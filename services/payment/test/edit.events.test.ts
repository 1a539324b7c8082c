import { orderCreated, orderItemChanged, paymentAuthorised, paymentCancelled, paymentSuccess } from '@souk/contracts';
import { envelopeFor, eventually } from '@souk/testing';
import type { TestOrder, Till } from './sandbox.ts';
import {
  authorised,
  factsOf,
  goodCard,
  newOrder,
  openIntent,
  paymentOf,
  placeOrder,
  requestCapture,
  useTill,
} from './sandbox.ts';

let till: Till;
useTill((opened) => {
  till = opened;
});

/** The order's next revision, with another total. */
const edited = ({ created }: TestOrder, amount: number, revision = 2) => ({
  ...created,
  revision,
  previousRevision: revision - 1,
  pricing: { ...created.pricing, subtotal: amount, total: amount },
});
const edit = (order: TestOrder, amount: number) => till.shop.deliver(orderItemChanged, edited(order, amount));

const intentsOf = async (order: TestOrder) => {
  const { _id } = await paymentOf(till, order);
  const { data } = (await till.sandbox('GET', `/intents?reference=${_id}`)).body;
  return data.map(({ amount, status }) => [amount, status]);
};

test('an authorisation of the amount of before is voided, though it was not heard of when the order changed', async () => {
  const order = newOrder();
  await placeOrder(till, order);
  await openIntent(till, order);
  const { intent } = await paymentOf(till, order);
  till.door.isOpen = false;
  const confirmed = await till.sandbox('POST', `/intents/${intent?.id}/confirm`, { card: goodCard });
  expect(confirmed.status).toBe(200);
  await edit(order, 7_000);
  till.door.isOpen = true;
  await eventually(async () => expect(await intentsOf(order)).toEqual([[5_000, 'cancelled']]));
  expect(await factsOf(till, paymentAuthorised, order)).toEqual([]);
  expect(await factsOf(till, paymentCancelled, order)).toEqual([
    expect.objectContaining({ revision: 1, reason: 'order_changed' }),
  ]);
  expect((await openIntent(till, order)).body).toMatchObject({ revision: 2, amount: 7_000 });
});

test('a capture that was asked for an older revision takes nothing of a newer one', async () => {
  const { order } = await authorised(till);
  await edit(order, 5_000);
  await requestCapture(till, order, 1);
  expect(await intentsOf(order)).toEqual([[5_000, 'requires_capture']]);
  await requestCapture(till, order, 2);
  expect(await factsOf(till, paymentSuccess, order)).toEqual([expect.objectContaining({ revision: 2, amount: 5_000 })]);
});

test('an order that an edit made free gives the authorisation back', async () => {
  const { order } = await authorised(till);
  await edit(order, 0);
  await eventually(async () => expect(await intentsOf(order)).toEqual([[5_000, 'cancelled']]));
  expect(await factsOf(till, paymentSuccess, order)).toEqual([]);
});

test('revisions in any sequence, each told of twice, leave one payment of the newest amount', async () => {
  for (const sequence of [
    [1, 3, 2],
    [2, 3, 1],
    [3, 1, 2],
  ]) {
    const order = newOrder();
    const events = [
      envelopeFor(orderCreated, order.created),
      envelopeFor(orderItemChanged, edited(order, 6_000, 2)),
      envelopeFor(orderItemChanged, edited(order, 7_000, 3)),
    ];
    for (const revision of [...sequence, ...sequence]) {
      const event = events[revision - 1];
      if (event) expect(await till.shop.deliverEnvelope(event)).toBe('SUCCESS');
    }
    expect(await paymentOf(till, order)).toMatchObject({ revision: 3, amount: 7_000, status: 'initiated' });
  }
});

test('an edit while the gateway opens: never an intent of the old amount, never a 500, and who asks again is given the new one', async () => {
  const orders = Array.from({ length: 8 }, () => newOrder());
  for (const order of orders) await placeOrder(till, order);
  await till.sandbox('PUT', '/switches', { delayMs: 600 });
  const opening = orders.map((order) => openIntent(till, order));
  // One after another: the later ones come when all have asked the gateway, which has not answered yet.
  for (const order of orders) await edit(order, 7_000);
  const answers = await Promise.all(opening);
  await till.sandbox('PUT', '/switches', { delayMs: 0 });
  expect(answers.map(({ status, body }) => body.amount ?? [status, body.code])).toEqual(
    answers.map(({ status }) => (status === 503 ? [503, 'payment.gateway_unanswered'] : 7_000)),
  );
  expect(answers.at(-1)?.status).toBe(503);
  for (const order of orders) expect((await openIntent(till, order)).body).toMatchObject({ revision: 2, amount: 7_000 });
});
