import { randomUUID } from 'node:crypto';
import { editItem } from '../src/item.rules.ts';
import type { Answers, Order } from '../src/order.model.ts';
import type { Decision } from '../src/order.rules.ts';
import { allowedMoves, answered, cancel, move, settle, ship } from '../src/order.rules.ts';
import { CAPTURE_MARGIN_MS, isEditable, nextDeadline, nextStep, SAGA } from '../src/saga.rules.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const cause = (now = NOW) => ({ now, by: 'test' });

function order(of: Partial<Order> = {}): Order {
  const line = {
    lineId: randomUUID(),
    productId: randomUUID(),
    sku: 'MUG',
    name: 'Mug',
    quantity: 3,
    unitPrice: 1_000,
    discount: 0,
  };
  return {
    _id: randomUUID(),
    orderNumber: 'SO-1',
    companyId: randomUUID(),
    shopId: randomUUID(),
    source: 'checkout',
    revision: 1,
    currency: 'USD',
    lines: [{ ...line, tax: 0, total: 3_000, tracked: true, backorder: false }],
    pricing: { subtotal: 3_000, discount: 0, shipping: 0, tax: 0, total: 3_000 },
    coupons: [],
    paymentMethod: 'sandbox',
    warehouseIds: [],
    status: 'pending',
    phase: 'open',
    paymentStatus: 'pending',
    answers: { promotions: 'redeemed' },
    holdUntil: later(60_000),
    asks: 0,
    shipments: [],
    timeline: [],
    placedAt: NOW,
    version: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...of,
  };
}

const types = ({ facts }: Decision) => facts.map(({ contract }) => contract.type);
const told = (from: Order, answers: Answers, now = NOW) => answered(from, { revision: from.revision, answers }, cause(now));

/** A seeded generator (mulberry32), so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('the saga table', () => {
  it('has one name for each row and both phases', () => {
    expect(new Set(SAGA.map(({ name }) => name)).size).toBe(SAGA.length);
    expect(new Set(SAGA.map(({ phase }) => phase))).toEqual(new Set(['open', 'paying']));
  });

  it.each<[string, Partial<Order>, string]>([
    ['nothing answered', {}, 'wait'],
    ['stock held only', { answers: { promotions: 'redeemed', stock: 'held' } }, 'wait'],
    ['authorised only', { answers: { promotions: 'redeemed', payment: 'authorised' } }, 'wait'],
    ['held and authorised', { answers: { promotions: 'redeemed', stock: 'held', payment: 'authorised' } }, 'capture'],
    ['promotions not yet taken', { answers: { stock: 'held', payment: 'authorised' } }, 'wait'],
    ['out of stock', { answers: { stock: 'failed', payment: 'authorised' } }, 'cancel'],
    ['cash on delivery, held', { paymentMethod: 'cash', answers: { promotions: 'redeemed', stock: 'held' } }, 'confirm'],
    [
      'cash at the till, held',
      { paymentMethod: 'cash', source: 'pos', answers: { promotions: 'redeemed', stock: 'held' } },
      'capture',
    ],
    [
      'on account without a word on credit',
      { paymentMethod: 'account', answers: { promotions: 'redeemed', stock: 'held' } },
      'wait',
    ],
    [
      'on account with credit',
      { paymentMethod: 'account', answers: { promotions: 'redeemed', stock: 'held', credit: 'held' } },
      'capture',
    ],
    ['the hold is over', { holdUntil: NOW, answers: { promotions: 'redeemed', stock: 'held', payment: 'authorised' } }, 'cancel'],
    ['paying past its hold', { phase: 'paying', holdUntil: NOW, answers: { payment: 'authorised' } }, 'wait'],
    ['captured', { phase: 'paying', answers: { payment: 'captured' } }, 'confirm'],
    ['captured after a wish to cancel', { phase: 'paying', cancelAsked: 'customer', answers: { payment: 'captured' } }, 'cancel'],
    ['the capture failed', { phase: 'paying', answers: { payment: 'failed' } }, 'reopen'],
    ['ended', { phase: 'done', answers: { stock: 'failed' } }, 'wait'],
  ])('%s', (_case, of, kind) => {
    expect(nextStep(order(of), NOW).kind).toBe(kind);
  });
});

describe('decisions', () => {
  it('lengthen a hold that would end during the capture', () => {
    const short = order({ holdUntil: later(5_000), answers: { promotions: 'redeemed', stock: 'held' } });
    const { order: paying } = told(short, { payment: 'authorised' });
    expect([paying.phase, paying.holdUntil]).toEqual(['paying', later(CAPTURE_MARGIN_MS)]);
  });

  it('confirm nothing of which the total is zero without its goods, and everything of it with them', () => {
    const free = order({ pricing: { subtotal: 0, discount: 0, shipping: 0, tax: 0, total: 0 } });
    expect(types(told(free, { promotions: 'redeemed' }))).toEqual([]);
    expect(types(told(free, { stock: 'held' }))).toEqual(['order.confirmed']);
  });

  it('never change the order they are given', () => {
    const before = order();
    const copy = structuredClone(before);
    cancel(told(before, { stock: 'held' }).order, 'customer', cause());
    expect(before).toEqual(copy);
  });

  it('look again after 5 s, then twice as long each time, and at the end of the hold', () => {
    const waits = [0, 1, 2, 3, 4].map(
      (asks) => (nextDeadline(order({ asks, holdUntil: later(900_000) }), NOW)?.getTime() ?? 0) - NOW.getTime(),
    );
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000]);
    expect(nextDeadline(order({ holdUntil: later(1_000) }), NOW)).toEqual(later(1_000));
    expect(nextDeadline(order({ phase: 'done' }), NOW)).toBeUndefined();
  });

  it('refuse to cancel an order of which a parcel has left', () => {
    const confirmed = order({ status: 'confirmed', phase: 'done' });
    const lineId = confirmed.lines[0]?.lineId ?? '';
    const { order: partly } = ship(confirmed, { shipmentId: randomUUID(), lines: [{ lineId, quantity: 1 }] }, cause());
    expect(allowedMoves(partly)).toEqual(['shipped']);
    expect(() => cancel(partly, 'customer', cause())).toThrow('can become');
    expect(() => move(partly, 'completed', cause())).toThrow('can become');
  });
});

describe('any sequence of answers', () => {
  const ANSWERS: Answers[] = [
    { stock: 'held' },
    { stock: 'failed' },
    { payment: 'authorised' },
    { payment: 'failed' },
    { payment: 'captured' },
    { promotions: 'redeemed' },
    { promotions: 'refused' },
  ];

  const COUPON = { promotionId: randomUUID(), discount: 100 };

  /** Another number of pieces, with or without a coupon, as the catalogue would price it. */
  function edited(before: Order, next: () => number, now: Date): Decision {
    const quantity = 1 + Math.floor(next() * 5);
    const coupons = next() < 0.5 ? [COUPON] : [];
    const total = quantity * 1_000 - 100 * coupons.length;
    const lines = before.lines.map((line) => ({ ...line, quantity, total }));
    const quote = { lines, coupons, currency: 'USD', pricing: { ...before.pricing, subtotal: quantity * 1_000, total } };
    const repricing = { revision: before.revision, quote, holdUntil: new Date(now.getTime() + 60_000) };
    return editItem(before, { itemId: before.lines[0]?.lineId ?? '', quantity }, { repricing, cause: cause(now) });
  }

  /** One turn of the world: mostly an answer, now and then an edit or the clock, rarely the buyer changing their mind. */
  function turn(before: Order, next: () => number, now: Date): Decision {
    const chance = next();
    if (chance >= 0.95 && before.status === 'pending') return cancel(before, 'customer', cause(now));
    if (chance >= 0.85) return settle(before, cause(now));
    if (chance >= 0.75 && isEditable(before, now)) return edited(before, next, now);
    // Money can only be captured on request, so the gateway says so only to an order that asked.
    const possible = before.phase === 'paying' ? ANSWERS : ANSWERS.filter(({ payment }) => payment !== 'captured');
    const answers = possible[Math.floor(next() * possible.length)] ?? {};
    if (before.revision === 1 || next() < 0.6) return told(before, answers, now);
    const revision = 1 + Math.floor(next() * (before.revision - 1));
    const late = answered(before, { revision, answers }, cause(now));
    expect(late).toEqual({ order: before, facts: [] });
    return late;
  }

  /** Money is asked for what is held, in the revision and the amount that the order has then. */
  function checkCapture({ order: asking, facts }: Decision): void {
    const asked = facts.find(({ contract }) => contract.type === 'order.capture_requested');
    if (!asked) return;
    expect(asking.answers).toMatchObject({ stock: 'held', promotions: 'redeemed', payment: 'authorised' });
    expect(asked.data).toMatchObject({ revision: asking.revision, amount: asking.pricing.total });
  }

  function play(seed: number): { last: Order; facts: string[]; now: Date } {
    const next = random(seed);
    const facts: string[] = [];
    let last = order({ answers: {} });
    let now = NOW;
    for (let step = 0; step < 25; step += 1) {
      now = new Date(now.getTime() + Math.floor(next() * 6_000));
      const decision = turn(last, next, now);
      if (last.phase === 'done') expect(decision.facts).toEqual([]);
      checkCapture(decision);
      if (types(decision).includes('order.item_changed')) expect(last.phase).toBe('open');
      last = decision.order;
      facts.push(...types(decision));
    }
    return { last, facts, now };
  }

  it.each(Array.from({ length: 20 }, (_, part) => part))(
    'part %i: ends once, captures only what is held of its newest revision, never leaves its end',
    (part) => {
      for (let seed = part * 50; seed < part * 50 + 50; seed += 1) {
        const { last, facts, now } = play(seed);
        const ends = facts.filter((type) => type === 'order.confirmed' || type === 'order.cancelled');
        expect(ends.length).toBeLessThanOrEqual(1);
        expect(last.phase === 'done').toBe(ends.length === 1);
        const { order: atLast } = settle(last, cause(new Date(now.getTime() + 3_600_000)));
        expect(['done', 'paying']).toContain(atLast.phase);
      }
    },
  );
});
