import { newId } from '@souk/service-kit';
import { differenceOf, movementsOf, placeName, ZERO } from '../src/order/movement.rules.ts';
import type { OrderFact } from '../src/order/order.rules.ts';
import { cancelledFact, confirmedFact, learn, NOTHING_KNOWN, refundedFact } from '../src/order/order.rules.ts';
import { cancelled, confirmed, refunded, shuffled } from './orders.ts';

const shop = { companyId: newId(), shopId: newId() };
const order = confirmed({ ...shop, total: 1_000, quantity: 3 });
const sold = confirmedFact(order.data);
const ended = cancelledFact(cancelled(order, '2026-11-04T10:00:00.000Z').data);
const refundOf = (amount: number, reason: 'staff' | 'return' | 'order_cancelled' | 'captured_late' = 'staff') => {
  const event = refunded(order, amount, { reason });
  return refundedFact(event.data, new Date(event.time));
};

function total(facts: (OrderFact | undefined)[]) {
  const state = facts.reduce((known, fact) => (fact ? learn(known, fact) : known), NOTHING_KNOWN);
  const sums = { ...ZERO };
  for (const { place, change } of movementsOf(state))
    if (place.productId === undefined)
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += change[name] ?? 0;
  return { ...sums, net: sums.gross - sums.refunds };
}

describe('what an order counts for', () => {
  it.each([
    ['confirmed', [sold], { orders: 1, units: 3, gross: 1_000, refunds: 0, cancelled: 0, net: 1_000 }],
    ['confirmed, then partly given back', [sold, refundOf(300, 'return')], { gross: 1_000, refunds: 300, net: 700 }],
    ['cancelled after it was confirmed', [sold, ended], { orders: 1, gross: 1_000, refunds: 1_000, cancelled: 1, net: 0 }],
    ['cancelled, and its money given back', [sold, ended, refundOf(1_000, 'order_cancelled')], { refunds: 1_000, net: 0 }],
    [
      'cancelled after a part was given back',
      [sold, refundOf(300), ended, refundOf(700, 'order_cancelled')],
      { refunds: 1_000, net: 0 },
    ],
    [
      'never confirmed, its money captured too late',
      [refundOf(1_000, 'captured_late')],
      { orders: 0, gross: 0, refunds: 0, net: 0 },
    ],
    ['never confirmed, cancelled while it was paid', [refundOf(1_000, 'order_cancelled')], { gross: 0, refunds: 0, net: 0 }],
    ['given back in part before we know of it', [refundOf(200)], { refunds: 0, net: 0 }],
  ])('%s', (_name, facts, figures) => {
    expect(total(facts)).toMatchObject(figures);
  });

  it('is the same whatever sequence the facts come in, and however often', () => {
    const facts = [sold, ended, refundOf(100), refundOf(250), refundOf(650, 'order_cancelled')];
    for (let seed = 1; seed <= 50; seed += 1) expect(total(shuffled([...facts, ...facts, ...facts], seed))).toEqual(total(facts));
  });

  it('tells nothing of an order that was cancelled before it was confirmed', () => {
    expect(cancelledFact(cancelled(order, '2026-11-04T10:00:00.000Z', false).data)).toBeUndefined();
  });

  it('tells nothing of money of a debt', () => {
    const { data } = refunded(order, 100);
    expect(refundedFact({ ...data, orderId: undefined }, new Date())).toBeUndefined();
  });

  it('counts the sale when it was placed and the cancellation when it was made', () => {
    const state = [sold, ended].reduce((known, fact) => (fact ? learn(known, fact) : known), NOTHING_KNOWN);
    const at = movementsOf(state).map(({ place }) => new Date(place.bucket).toISOString());
    expect(at).toEqual(['2026-11-02T09:00:00.000Z', '2026-11-04T10:00:00.000Z']);
  });

  it('sells products until it is cancelled', () => {
    const products = (facts: (OrderFact | undefined)[]) =>
      movementsOf(facts.reduce((known, fact) => (fact ? learn(known, fact) : known), NOTHING_KNOWN)).filter(
        ({ place }) => place.productId,
      );
    expect(products([sold])).toMatchObject([{ change: { units: 3, revenue: 1_000 } }]);
    expect(products([sold, ended])).toEqual([]);
  });

  it('adds only what changes, place by place', () => {
    const before = learn(NOTHING_KNOWN, sold);
    const after = ended ? learn(before, ended) : before;
    const moved = differenceOf([{ before, after }]);
    expect(moved.find(({ place }) => place.productId)?.change).toEqual({ orders: -1, units: -3, revenue: -1_000 });
    expect(moved.find(({ place }) => !place.productId)?.change).toEqual({ refunds: 1_000, cancelled: 1 });
    expect(new Set(moved.map(({ place }) => placeName(place))).size).toBe(moved.length);
    expect(differenceOf([{ before, after: before }])).toEqual([]);
  });
});
