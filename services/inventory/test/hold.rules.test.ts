import { randomUUID as newId } from 'node:crypto';
import { ofOrder, order, parcel, Shelves, warehouseA, warehouseB } from './book.ts';

let shelves: Shelves;
beforeEach(() => {
  shelves = new Shelves();
});

const outcomes = (decisions: ReturnType<Shelves['decide']>) =>
  decisions.map((decision) => ('reservation' in decision ? decision.reservation.outcome : decision));

test('an order is held over its warehouses in their sequence', () => {
  shelves.receive('mug', 2, warehouseA);
  shelves.receive('mug', 5, warehouseB);
  expect(outcomes(shelves.decide(order({ mug: 3 })))).toEqual(['reserved']);
  expect(shelves.stock('mug', warehouseA)).toMatchObject({ onHand: 2, reserved: 2, available: 0, level: 'out' });
  expect(shelves.stock('mug', warehouseB)).toMatchObject({ onHand: 5, reserved: 1, available: 4 });
  expect(shelves.told('inventory.reserved')[0]?.lines).toMatchObject([
    { warehouseId: warehouseA, quantity: 2 },
    { warehouseId: warehouseB, quantity: 1 },
  ]);
});

test('all lines are held or none, and every sku that is short is named', () => {
  shelves.receive('mug', 9);
  shelves.receive('cup', 1);
  const [decision] = shelves.decide(order({ mug: 1, cup: 2, pot: 1 }));
  expect(decision).toEqual({
    reservation: {
      outcome: 'failed',
      short: [
        { sku: 'cup', requested: 2, available: 1 },
        { sku: 'pot', requested: 1, available: 0 },
      ],
    },
  });
  expect(shelves.stock('mug').reserved).toBe(0);
  expect(shelves.told('inventory.reserved')).toEqual([]);
});

test('two lines of one sku share what there is', () => {
  shelves.receive('mug', 3);
  const line = { sku: 'mug', quantity: 2, tracked: true, backorder: false };
  const lines = [
    { ...line, lineId: newId() },
    { ...line, lineId: newId() },
  ];
  const [decision] = shelves.decide(order({}, { lines }));
  expect(decision).toMatchObject({ reservation: { outcome: 'failed', short: [{ sku: 'mug', requested: 4, available: 3 }] } });
});

test('untracked lines need no stock, back-orderable ones take what is there', () => {
  shelves.receive('mug', 2);
  const backordered = order({ mug: 5 }, { backorder: true });
  expect(outcomes(shelves.decide(order({ advice: 3 }, { tracked: false }), backordered))).toEqual(['reserved', 'reserved']);
  expect(shelves.told('inventory.reserved')[1]?.lines).toMatchObject([
    { quantity: 2, warehouseId: warehouseA, backordered: false },
    { quantity: 3, backordered: true },
  ]);
  shelves.receive('mug', 10);
  shelves.decide(parcel(backordered));
  expect(shelves.stock('mug')).toMatchObject({ onHand: 7, reserved: 0 });
});

test('the same revision again gets the same answer and holds nothing more', () => {
  shelves.receive('mug', 5);
  const asked = order({ mug: 2 });
  const [first, second] = shelves.decide(asked, asked);
  expect(second).toEqual(first);
  expect(shelves.decide(asked)).toEqual([first]);
  expect(shelves.stock('mug').reserved).toBe(2);
  expect(shelves.told('inventory.reserved')).toHaveLength(1);
});

test('asking again with a later end makes the hold longer and says so', () => {
  shelves.receive('mug', 5);
  const asked = order({ mug: 2 });
  shelves.decide(asked);
  const later = '2026-01-01T13:00:00.000Z';
  expect(shelves.decide({ ...asked, holdUntil: later })).toMatchObject([{ reservation: { until: later } }]);
  expect(shelves.told('inventory.reserved').map(({ until }) => until)).toEqual([asked.holdUntil, later]);
});

test('a newer revision takes the place of the older one in one decision', () => {
  shelves.receive('mug', 4);
  const first = order({ mug: 3 });
  const second = { ...order({ mug: 4 }), orderId: first.orderId, revision: 2 };
  shelves.decide(first);
  expect(outcomes(shelves.decide(second, first))).toEqual(['reserved', 'released']);
  expect(shelves.stock('mug').reserved).toBe(4);
  expect(shelves.told('inventory.released')).toMatchObject([{ reason: 'superseded', lines: [{ quantity: 3 }] }]);
});

test('an older revision that comes late is ignored', () => {
  shelves.receive('mug', 9);
  const first = order({ mug: 3 });
  const second = { ...order({ mug: 1 }), orderId: first.orderId, revision: 2 };
  expect(outcomes(shelves.decide(second, first))).toEqual(['reserved', 'released']);
  expect(shelves.stock('mug').reserved).toBe(1);
});

test('a release before the reservation leaves nothing held', () => {
  shelves.receive('mug', 9);
  const asked = order({ mug: 3 });
  shelves.decide({ kind: 'release', ...ofOrder(asked.orderId), reason: 'cancelled' });
  expect(outcomes(shelves.decide(asked, asked))).toEqual(['released', 'released']);
  expect(shelves.stock('mug').reserved).toBe(0);
});

test('a confirmation of a revision that is not held yet waits for it', () => {
  shelves.receive('mug', 9);
  const first = order({ mug: 3 });
  const second = { ...first, revision: 2 };
  shelves.decide(first, { kind: 'allocate', ...ofOrder(first.orderId), revision: 2 });
  expect(shelves.holds.get(first.orderId)?.state).toBe('reserved');
  shelves.decide(second);
  expect(shelves.holds.get(first.orderId)?.state).toBe('allocated');
});

test('any sequence of an order and its parcels ends in the same figures', () => {
  const asked = order({ mug: 3 });
  const allocate = { kind: 'allocate' as const, ...ofOrder(asked.orderId), revision: 1 };
  const [one, two] = [parcel(asked, 1), parcel(asked, 2)];
  const sequences = [
    [asked, allocate, one, two],
    [two, one, allocate, asked],
    [one, asked, one, two, allocate, two],
    [allocate, two, asked, asked, one],
  ];
  for (const sequence of sequences) {
    const there = new Shelves();
    there.receive('mug', 5);
    for (const request of sequence) there.decide(request);
    expect(there.stock('mug')).toMatchObject({ onHand: 2, reserved: 0, available: 2 });
    expect(there.holds.get(asked.orderId)).toMatchObject({ state: 'shipped' });
    expect(there.told('inventory.shipped')).toHaveLength(2);
  }
});

test('what was not shipped is given back, and a parcel that comes to light later is still taken off', () => {
  const asked = order({ mug: 3 });
  const release = { kind: 'release' as const, ...ofOrder(asked.orderId), reason: 'cancelled' as const };
  const one = parcel(asked, 1);
  for (const sequence of [
    [asked, one, release],
    [asked, release, one],
    [release, one, asked],
  ]) {
    const there = new Shelves();
    there.receive('mug', 5);
    for (const request of sequence) there.decide(request);
    expect(there.stock('mug')).toMatchObject({ onHand: 4, reserved: 0, available: 4 });
  }
});

test('an imported order leaves at once, and its own shipments change nothing more', () => {
  shelves.receive('mug', 5);
  const history = order({ mug: 3 }, { isHistory: true });
  shelves.decide(history, parcel(history));
  expect(shelves.stock('mug')).toMatchObject({ onHand: 2, reserved: 0 });
  expect(shelves.movements.at(-1)).toMatchObject({ kind: 'shipped', delta: -3, cause: { type: 'order', id: history.orderId } });
  expect(outcomes(shelves.decide(order({ mug: 3 }, { isHistory: true })))).toEqual(['failed']);
});

test('goods that left without being in the books are booked first', () => {
  shelves.receive('mug', 1);
  const asked = order({ mug: 3 }, { backorder: true });
  shelves.decide(asked, parcel(asked));
  expect(shelves.stock('mug')).toMatchObject({ onHand: 0, reserved: 0 });
  expect(shelves.movements.map(({ kind, delta }) => [kind, delta])).toEqual([
    ['received', 1],
    ['shipped', -1],
    ['adjusted', 2],
    ['shipped', -2],
  ]);
});
