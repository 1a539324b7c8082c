import { randomUUID } from 'node:crypto';
import type { ItemEdit, Repricing } from '../src/item.rules.ts';
import { editedLines, editItem, faultOf } from '../src/item.rules.ts';
import type { Order } from '../src/order.model.ts';
import { holdBroken } from '../src/order.rules.ts';
import { createdOrder, lineOf } from './order.fixture.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const HOLD_ENDS = new Date(NOW.getTime() + 60_000);
const cause = { now: NOW, by: 'test' };
const [mug, tea] = [lineOf('MUG', 2, 1_000), lineOf('TEA', 1, 1_000)];

const order = (of: Partial<Order> = {}): Order => createdOrder({ lines: [mug, tea], holdUntil: HOLD_ENDS, placedAt: NOW, ...of });

const repricing = (of: Partial<Repricing['quote']> = {}, revision = 1): Repricing => ({
  revision,
  quote: {
    lines: [{ ...mug, quantity: 5, total: 5_000 }, tea],
    pricing: { subtotal: 6_000, discount: 0, shipping: 0, tax: 0, total: 6_000 },
    coupons: [],
    currency: 'USD',
    ...of,
  },
  holdUntil: new Date(NOW.getTime() + 900_000),
});

const fiveMugs: ItemEdit = { itemId: mug.lineId, quantity: 5 };
const edit = (from: Order, priced = repricing(), wanted = fiveMugs) => editItem(from, wanted, { repricing: priced, cause });
const editUnpriced = (from: Order, wanted = fiveMugs) => editItem(from, wanted, { repricing: undefined, cause });

describe('an edit', () => {
  it('makes the next revision at its new price, unanswered, and held anew', () => {
    const before = order({
      answers: { promotions: 'redeemed', payment: 'authorised', credit: 'held' },
      paymentStatus: 'authorised',
      asks: 3,
    });
    const { order: after, facts } = edit(before);
    expect(after).toMatchObject({ revision: 2, paymentStatus: 'pending', asks: 0, holdUntil: repricing().holdUntil });
    expect([after.pricing.total, after.answers]).toEqual([6_000, { promotions: 'redeemed' }]);
    expect(after.timeline.at(-1)).toMatchObject({ step: 'item_changed', cause: 'test' });
    expect(facts).toMatchObject([
      { contract: { type: 'order.item_changed' }, data: { revision: 2, previousRevision: 1, pricing: { total: 6_000 } } },
    ]);
  });

  it('asks for promotions again when the new price has any, and never shortens a hold', () => {
    const later = new Date(NOW.getTime() + 3_600_000);
    const coupons = [{ promotionId: randomUUID(), code: 'TEN', discount: 500 }];
    const { order: after } = edit(order({ answers: { promotions: 'redeemed' }, holdUntil: later }), repricing({ coupons }));
    expect([after.answers, after.coupons, after.holdUntil]).toEqual([{}, coupons, later]);
  });

  it('confirms nothing by itself that still needs its goods', () => {
    const pricing = { subtotal: 6_000, discount: 6_000, shipping: 0, tax: 0, total: 0 };
    const { order: free, facts } = edit(order({ answers: { stock: 'held', promotions: 'redeemed' } }), repricing({ pricing }));
    expect([free.status, facts.length]).toEqual(['pending', 1]);
  });

  it('that changes nothing is no revision', () => {
    const before = order();
    expect(editUnpriced(before, { itemId: mug.lineId, quantity: 2 })).toEqual({ order: before, facts: [] });
  });

  it('is refused when another edit was quicker, and when the shop sells in another currency by now', () => {
    expect(() => edit(order({ revision: 2 }))).toThrow('changed meanwhile');
    expect(() => editUnpriced(order())).toThrow('changed meanwhile');
    expect(() => edit(order(), repricing({ currency: 'EUR' }))).toThrow('another currency');
  });

  it.each<[string, Partial<Order>, Partial<ItemEdit>, string]>([
    ['an unknown item', {}, { itemId: randomUUID() }, 'sales.item_unknown'],
    ['its money under way', { phase: 'paying' }, {}, 'sales.edit_refused'],
    ['its end behind it', { status: 'confirmed', phase: 'done' }, {}, 'sales.edit_refused'],
    ['its hold over, though nobody has looked yet', { holdUntil: NOW }, {}, 'sales.edit_refused'],
    ['no item left', { lines: [mug] }, { quantity: 0 }, 'sales.last_item'],
  ])('is refused to an order with %s', (_case, of, wanted, code) => {
    expect(faultOf(order(of), { ...fiveMugs, ...wanted }, NOW)?.code).toBe(code);
    expect(() => edit(order(of), repricing(), { ...fiveMugs, ...wanted })).toThrow(expect.objectContaining({ code }));
  });

  it('leaves the other lines, and takes out what is to be none', () => {
    expect(editedLines(order(), fiveMugs)).toEqual([{ ...mug, quantity: 5 }, tea]);
    expect(editedLines(order(), { itemId: mug.lineId, quantity: 0 })).toEqual([tea]);
  });
});

describe('a hold that was broken', () => {
  it('ends the order whose revision it was for, or may have been for, and none that was edited since', () => {
    const edited = edit(order()).order;
    expect(holdBroken(edited, 1, cause)).toEqual({ order: edited, facts: [] });
    for (const revision of [2, undefined]) expect(holdBroken(edited, revision, cause).order.status).toBe('cancelled');
  });
});
