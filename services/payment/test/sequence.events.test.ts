import { orderCaptureRequested, orderCreated, paymentSuccess } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import { companyAdmin, envelopeFor, eventually } from '@souk/testing';
import type { TestOrder, Till } from './sandbox.ts';
import {
  cancelOrder,
  confirm,
  factsOf,
  ledgerOf,
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

const intentOf = async (order: TestOrder) =>
  (await till.sandbox('GET', `/intents/${(await paymentOf(till, order)).intent?.id}`)).body;

describe('any sequence', () => {
  it('ends in the same books for events three times and shuffled', async () => {
    const random = seeded(7);
    for (let round = 0; round < 6; round += 1) {
      const order = newOrder({ paymentMethod: round % 2 === 0 ? 'cash' : 'account' });
      const { orderId, companyId } = order;
      const events = [
        envelopeFor(orderCreated, order.created),
        envelopeFor(orderCaptureRequested, { orderId, revision: 1, companyId, amount: 5_000, currency: 'USD' }),
      ];
      const thrice = shuffle([...events, ...events, ...events], random);
      for (const event of thrice) await till.shop.deliverEnvelope(event);
      expect(await factsOf(till, paymentSuccess, order)).toHaveLength(1);
      expect(await ledgerOf(till, order)).toMatchObject({ balanced: true });
    }
  });

  it('keeps ledger, gateway and payments equal after a random sequence of payments, refunds and cancels with faults', async () => {
    const random = seeded(20_261_121);
    const companyId = newId();
    const orders: TestOrder[] = [];
    for (let round = 0; round < 24; round += 1) orders.push(await playOne(companyId, random));
    await till.sandbox('PUT', '/switches', {});
    till.advance(600_000);
    for (const order of orders) await eventually(() => expectSettled(order), { withinMs: 20_000 });
    const books = await ledgerOf(till, orders[0] as TestOrder);
    expect(books.balanced).toBe(true);
    for (const currency of ['USD', 'JPY']) {
      const net = await Promise.all(orders.filter(({ created }) => created.currency === currency).map(netOf));
      const held = (books.accounts as Row[]).filter(
        (row) => row.currency === currency && !['sales', 'refunds'].includes(row.account),
      );
      expect(sum(held.map(({ amount }) => amount))).toBe(sum(net));
    }
  });
});

interface Row {
  currency: string;
  account: string;
  amount: number;
}

const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0);

async function netOf(order: TestOrder): Promise<number> {
  const { capturedAmount, refundedAmount } = await paymentOf(till, order);
  return capturedAmount - refundedAmount;
}

/** One order with what may happen to it, some of it while the gateway fails or loses its replies. */
async function playOne(companyId: string, random: () => number): Promise<TestOrder> {
  const chance = (probability: number) => random() < probability;
  const paymentMethod = (['sandbox', 'sandbox', 'sandbox', 'cash', 'account'] as const)[Math.floor(random() * 5)] ?? 'sandbox';
  const order = newOrder({
    companyId,
    amount: 100 + Math.floor(random() * 10_000),
    paymentMethod,
    currency: chance(0.7) ? 'USD' : 'JPY',
  });
  await till.sandbox('PUT', '/switches', {
    loseReplies: Number(chance(0.3)),
    failNext: Number(chance(0.2)),
    duplicateWebhooks: chance(0.5),
  });
  await placeOrder(till, order);
  const opened = await openIntent(till, order);
  if (opened.status === 201) await confirm(till, opened.body.paymentId, { as: order.buyer });
  await till.sandbox('PUT', '/switches', { loseReplies: chance(0.3) ? 2 : 0 });
  if (chance(0.8)) await requestCapture(till, order);
  if (chance(0.3)) await refundAll(order);
  if (chance(0.3)) await cancelOrder(till, order);
  return order;
}

async function refundAll(order: TestOrder): Promise<void> {
  const { _id } = await paymentOf(till, order);
  await till.shop.request('POST', `/payments/${_id}/refund`, {
    as: companyAdmin(order.companyId),
    key: newId(),
    body: { reason: 'random' },
  });
}

async function expectSettled(order: TestOrder): Promise<void> {
  const { status, refunds, intent, cancel, capturedAmount, refundedAmount } = await paymentOf(till, order);
  expect(status).not.toBe('processing');
  expect(refunds.filter((refund) => refund.status === 'pending')).toEqual([]);
  if (cancel) expect(['cancelled', 'refunded']).toContain(status);
  if (intent) expect(await intentOf(order)).toMatchObject({ capturedAmount, refundedAmount });
  expect(await factsOf(till, paymentSuccess, order)).toHaveLength(capturedAmount > 0 ? 1 : 0);
}

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle<Item>(items: Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
