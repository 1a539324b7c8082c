import { randomUUID as newId } from 'node:crypto';
import { outstanding } from '../src/hold/lines.rules.ts';
import type { GoodsRequest, HoldRequest, ReserveRequest } from '../src/stock/model.rules.ts';
import { companyId, ofOrder, order, parcel, Shelves, warehouseA, warehouseB } from './book.ts';

const SKUS = ['mug', 'cup', 'pot'];
const STEPS = 120;

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

function randomRequest(
  shelves: Shelves,
  placed: ReserveRequest[],
  random: (below: number) => number,
): HoldRequest | GoodsRequest {
  const sku = SKUS[random(SKUS.length)]!;
  const known = placed[random(placed.length)];
  const item = [...shelves.items.values()][random(shelves.items.size)];
  const kind = random(9);
  if (kind === 0 || !item || !known) {
    const lines = [{ sku, warehouseId: random(2) ? warehouseA : warehouseB, quantity: 1 + random(8) }];
    if (!known) placed.push(order({ [sku]: 1 + random(3) }));
    return { kind: 'receive', companyId, movement: 'received', cause: { type: 'receipt', id: newId() }, lines };
  }
  if (kind === 1) return { kind: 'adjust', stockId: item._id, change: { delta: random(9) - 6 }, reason: 'count' };
  if (kind === 2) return { kind: 'release', ...ofOrder(known.orderId), reason: 'cancelled' };
  if (kind === 3) return { kind: 'allocate', ...ofOrder(known.orderId), revision: known.revision };
  if (kind === 4) return parcel(known, 1 + random(2));
  if (kind === 5) return known;
  if (kind === 6) return { ...order({ [sku]: 1 + random(4) }), orderId: known.orderId, revision: known.revision + random(2) };
  const wanted = { [sku]: 1 + random(4), [SKUS[random(SKUS.length)]!]: 1 + random(2) };
  const asked = order(wanted, { tracked: random(9) > 0, backorder: random(5) === 0, isHistory: random(8) === 0 });
  if (random(3) === 0) asked.lines.push(...asked.lines.map((line) => ({ ...line, lineId: newId() })));
  placed.push(asked);
  // Sometimes what follows is told first.
  return random(6) === 0 ? parcel(asked) : asked;
}

/** What each item's movements add up to, and what is wrong with them. */
function replayMovements({ movements }: Shelves): { sums: Map<string, number>; faults: string[] } {
  const sums = new Map<string, number>();
  const faults: string[] = [];
  for (const { stockId, before, delta, after } of movements) {
    if (before !== (sums.get(stockId) ?? 0) || after !== before + delta || after < 0)
      faults.push(`movement ${before} ${delta} ${after}`);
    sums.set(stockId, after);
  }
  return { sums, faults };
}

function countHeld({ holds }: Shelves): Map<string, number> {
  const held = new Map<string, number>();
  for (const { lines, open } of holds.values())
    for (const line of lines.filter(({ stockId }) => stockId !== undefined && open.includes(stockId)))
      held.set(String(line.stockId), (held.get(String(line.stockId)) ?? 0) + outstanding(line));
  return held;
}

/** What is wrong with the figures, in words; nothing when all agree. */
function faultsOf(shelves: Shelves): string[] {
  const { sums, faults } = replayMovements(shelves);
  const held = countHeld(shelves);
  const lines = [...shelves.holds.values()].flatMap((hold) => hold.lines);
  if (lines.some((line) => outstanding(line) < 0)) faults.push('more left than was promised');
  for (const { _id, onHand, reserved, available } of shelves.items.values()) {
    if (onHand !== (sums.get(_id) ?? 0)) faults.push(`on hand ${onHand}, moved ${sums.get(_id)}`);
    if (reserved !== (held.get(_id) ?? 0)) faults.push(`reserved ${reserved}, held ${held.get(_id)}`);
    if (reserved < 0 || available < 0 || available !== onHand - reserved)
      faults.push(`${onHand} less ${reserved} is ${available}`);
  }
  return faults;
}

/** True for what may take goods away that were promised. */
function takesGoods(shelves: Shelves, request: HoldRequest | GoodsRequest): boolean {
  if (request.kind !== 'reserve') return request.kind === 'adjust' || request.kind === 'ship';
  return request.isHistory || shelves.holds.get(request.orderId)?.early !== undefined;
}

test.each([1, 2, 3, 4, 5, 6])('figures, movements and holds agree after every batch of a random sequence (seed %i)', (seed) => {
  const random = randomFrom(seed);
  const shelves = new Shelves();
  const placed: ReserveRequest[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const requests = Array.from({ length: 1 + random(6) }, () => randomRequest(shelves, placed, random));
    const versions = new Map([...shelves.items.values()].map(({ _id, version }) => [_id, version]));
    const broken = shelves.told('inventory.hold_broken').length;
    const isGentle = !requests.some((request) => takesGoods(shelves, request));
    shelves.decide(...requests);
    // Promises are broken by goods that are gone, never by promising too much.
    if (isGentle) expect(shelves.told('inventory.hold_broken')).toHaveLength(broken);
    expect(faultsOf(shelves)).toEqual([]);
    expect([...shelves.items.values()].filter(({ _id, version }) => version > (versions.get(_id) ?? 0) + 1)).toEqual([]);
  }
  expect(shelves.told('inventory.hold_broken').length).toBeGreaterThan(0);
  expect(shelves.told('inventory.shipped').length).toBeGreaterThan(0);
});

test('every event that a random sequence tells is as its contract says', () => {
  const random = randomFrom(99);
  const shelves = new Shelves();
  const placed: ReserveRequest[] = [];
  for (let step = 0; step < STEPS; step += 1) shelves.decide(randomRequest(shelves, placed, random));
  const refused = shelves.facts.filter(({ contract, data }) => !contract.schema.safeParse(data).success);
  expect(refused).toEqual([]);
});
