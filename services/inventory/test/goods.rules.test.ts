import { randomUUID as newId } from 'node:crypto';
import { companyId, order, Shelves, warehouseA } from './book.ts';

let shelves: Shelves;
beforeEach(() => {
  shelves = new Shelves();
});

const damage = (stockId: string, delta: number) => ({ kind: 'adjust' as const, stockId, change: { delta }, reason: 'damage' });

test('an adjustment below what is promised breaks the newest holds first', () => {
  const { _id } = shelves.receive('mug', 6);
  const orders = [order({ mug: 2 }), order({ mug: 2 }), order({ mug: 2 })];
  for (const each of orders) shelves.decide(each);
  shelves.decide(damage(_id, -3));
  expect(shelves.stock('mug')).toMatchObject({ onHand: 3, reserved: 3, available: 0 });
  expect(shelves.told('inventory.hold_broken').map(({ orderId, quantity }) => [orderId, quantity])).toEqual([
    [orders[2]?.orderId, 2],
    [orders[1]?.orderId, 1],
  ]);
});

test('a hold made in the same batch is the newest and is broken first', () => {
  const { _id } = shelves.receive('mug', 2);
  const asked = order({ mug: 2 });
  shelves.decide(asked, damage(_id, -1));
  expect(shelves.told('inventory.hold_broken')).toMatchObject([
    { orderId: asked.orderId, revision: asked.revision, quantity: 1 },
  ]);
});

test('an adjustment below zero is refused and leaves no trace', () => {
  const { _id, version } = shelves.receive('mug', 2);
  expect(shelves.decide(damage(_id, -3))).toEqual([{ refused: 'not_enough_on_hand' }]);
  expect(shelves.stock('mug')).toMatchObject({ onHand: 2, version });
  expect(shelves.movements).toHaveLength(1);
});

test('a count books the difference', () => {
  const { _id } = shelves.receive('mug', 7);
  shelves.decide({ kind: 'adjust', stockId: _id, change: { counted: 4 }, reason: 'count' });
  expect(shelves.movements.at(-1)).toMatchObject({ kind: 'adjusted', delta: -3, before: 7, after: 4, reason: 'count' });
  expect(shelves.told('inventory.adjusted')).toMatchObject([{ delta: -3, before: 7, after: 4, reason: 'count' }]);
});

test('changes of one batch to one item come as one event with one version', () => {
  shelves.receive('mug', 9);
  shelves.decide(order({ mug: 1 }), order({ mug: 1 }), order({ mug: 1 }));
  const told = shelves.facts.filter(({ contract }) => contract.type === 'inventory.updated');
  expect(told.map(({ version, data }) => [version, (data as { reserved: number }).reserved])).toEqual([
    [1, 0],
    [2, 3],
  ]);
});

test('marks are told when they are crossed and only then', () => {
  const { _id } = shelves.receive('mug', 8);
  shelves.decide({ kind: 'describe', stockId: _id, threshold: 5 });
  const crossings = () => shelves.facts.map(({ contract }) => contract.type).filter((type) => type.includes('stock'));
  shelves.decide(damage(_id, -3));
  expect(crossings()).toEqual(['inventory.low_stock']);
  shelves.decide(damage(_id, -1));
  expect(crossings()).toHaveLength(1);
  shelves.decide(damage(_id, -4));
  expect(crossings().at(-1)).toBe('inventory.out_of_stock');
  shelves.receive('mug', 2);
  expect(crossings()).toEqual(['inventory.low_stock', 'inventory.out_of_stock', 'inventory.back_in_stock']);
});

test('an item that exists is not made again, and goods find no unknown warehouse', () => {
  shelves.receive('mug', 1);
  const create = { kind: 'create' as const, companyId, sku: 'mug', warehouseId: warehouseA, opening: 3 };
  const cause = { type: 'receipt' as const, id: newId() };
  const lost = {
    kind: 'receive' as const,
    companyId,
    movement: 'received' as const,
    cause,
    lines: [{ sku: 'cup', warehouseId: newId(), quantity: 1 }],
  };
  expect(shelves.decide(create, lost)).toEqual([{ refused: 'stock_exists' }, { refused: 'unknown_warehouse' }]);
  expect(shelves.items.size).toBe(1);
});
