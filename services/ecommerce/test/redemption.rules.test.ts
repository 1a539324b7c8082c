import { randomUUID } from 'node:crypto';
import type { Promotion } from '../src/promotion/promotion.rules.ts';
import type { RedemptionBook, TakeRequest } from '../src/promotion/redemption.rules.ts';
import { customerKey, decideRedemption, totalKey } from '../src/promotion/redemption.rules.ts';
import { randomFrom } from './random.ts';

const companyId = randomUUID();
const now = new Date('2026-11-21T12:00:00.000Z');

const promotion = (fields: Partial<Promotion> = {}): Promotion => ({
  _id: randomUUID(),
  companyId,
  version: 1,
  name: 'Ten off',
  kind: 'percent',
  value: 1_000,
  codeKey: 'TEN',
  minimumSubtotal: 0,
  productIds: [],
  categoryIds: [],
  isActive: true,
  stackable: false,
  createdAt: now,
  updatedAt: now,
  ...fields,
});

const bookOf = (...promotions: Promotion[]): RedemptionBook => ({
  promotions: new Map(promotions.map((each) => [each._id, each])),
  usage: new Map(),
  redemptions: new Map(),
  now,
  graceMs: 900_000,
});

const take = (promotions: readonly Promotion[], fields: Partial<TakeRequest> = {}): TakeRequest => ({
  kind: 'take',
  orderId: randomUUID(),
  revision: 1,
  companyId,
  customerId: randomUUID(),
  coupons: promotions.map(({ _id }) => ({ promotionId: _id, discount: 1 })),
  ...fields,
});

const used = (book: RedemptionBook, key: string) => book.usage.get(key)?.used ?? 0;

describe('taking', () => {
  it('goes up to the limit and no further, and takes none when one of several is used up', () => {
    const scarce = promotion({ limitTotal: 2 });
    const plenty = promotion({ limitTotal: 100 });
    const book = bookOf(scarce, plenty);
    const outcomes = [1, 2, 3].map(() => decideRedemption(book, take([plenty, scarce])).answer.outcome);
    expect(outcomes).toEqual(['redeemed', 'redeemed', 'refused']);
    expect([used(book, scarce._id), used(book, plenty._id)]).toEqual([2, 2]);
  });

  it('keeps the limit of each customer, and refuses buyers it cannot count', () => {
    const once = promotion({ limitPerCustomer: 1 });
    const book = bookOf(once);
    const customerId = randomUUID();
    expect(decideRedemption(book, take([once], { customerId })).redeemed).toEqual([once._id]);
    expect(decideRedemption(book, take([once], { customerId })).refused).toEqual({
      promotionId: once._id,
      reason: 'customer_limit_reached',
    });
    expect(decideRedemption(book, take([once])).answer.outcome).toBe('redeemed');
    expect(decideRedemption(book, take([once], { customerId: undefined })).refused?.reason).toBe('customer_limit_reached');
  });

  it('names an empty list when no promotion has a limit, and says nothing without promotions', () => {
    const free = promotion();
    const book = bookOf(free);
    expect(decideRedemption(book, take([free]))).toEqual({ answer: { outcome: 'redeemed' }, redeemed: [] });
    expect(decideRedemption(book, take([]))).toEqual({ answer: { outcome: 'redeemed' } });
  });

  it('refuses what is unknown, of another company, ended or switched off, but honours a quote made before the end', () => {
    const reasonOf = (given: Promotion, request = take([given])) => decideRedemption(bookOf(given), request).refused?.reason;
    expect(decideRedemption(bookOf(), take([promotion()])).refused?.reason).toBe('unknown');
    expect(reasonOf(promotion({ companyId: randomUUID() }))).toBe('unknown');
    expect(reasonOf(promotion({ isActive: false }))).toBe('expired');
    expect(reasonOf(promotion({ to: new Date(now.getTime() - 900_000) }))).toBe('expired');
    expect(reasonOf(promotion({ to: new Date(now.getTime() - 899_000) }))).toBeUndefined();
  });

  it('answers a repeat as before and ignores an older revision', () => {
    const once = promotion({ limitTotal: 1 });
    const book = bookOf(once);
    const second = take([once], { revision: 2 });
    decideRedemption(book, second);
    expect(decideRedemption(book, second)).toEqual({ answer: { outcome: 'redeemed' } });
    expect(decideRedemption(book, { ...second, revision: 1 })).toEqual({ answer: { outcome: 'redeemed' } });
    expect(used(book, once._id)).toBe(1);
    const late = take([once]);
    expect(decideRedemption(book, late).refused?.reason).toBe('limit_reached');
    expect(decideRedemption(book, late)).toEqual({
      answer: { outcome: 'refused', promotionId: once._id, reason: 'limit_reached' },
    });
  });
});

describe('a newer revision', () => {
  it('gives back what it no longer has and takes what is new', () => {
    const [old, kept, fresh] = [promotion({ limitTotal: 1 }), promotion({ limitTotal: 1 }), promotion({ limitTotal: 1 })];
    const book = bookOf(old, kept, fresh);
    const first = take([old, kept]);
    decideRedemption(book, first);
    const decision = decideRedemption(book, {
      ...take([kept, fresh]),
      orderId: first.orderId,
      customerId: first.customerId,
      revision: 2,
    });
    expect(decision).toMatchObject({ redeemed: [kept._id, fresh._id], released: [old._id] });
    expect([old, kept, fresh].map(({ _id }) => used(book, _id))).toEqual([0, 1, 1]);
  });
});

describe('releasing', () => {
  it('gives back once, and a cancelled order takes nothing any more', () => {
    const once = promotion({ limitTotal: 1, limitPerCustomer: 1 });
    const book = bookOf(once);
    const order = take([once]);
    decideRedemption(book, order);
    const release = { kind: 'release' as const, orderId: order.orderId, revision: 1, companyId };
    expect(decideRedemption(book, release).released).toEqual([once._id]);
    expect(decideRedemption(book, release)).toEqual({ answer: { outcome: 'released' } });
    expect(decideRedemption(book, { ...order, revision: 2 }).answer.outcome).toBe('refused');
    expect(used(book, once._id)).toBe(0);
  });

  it('is remembered when it comes before the order', () => {
    const once = promotion({ limitTotal: 1 });
    const book = bookOf(once);
    const order = take([once]);
    decideRedemption(book, { kind: 'release', orderId: order.orderId, revision: 1, companyId });
    expect(decideRedemption(book, order).redeemed).toBeUndefined();
    expect(used(book, once._id)).toBe(0);
  });
});

describe('any sequence of requests', () => {
  const customers = [randomUUID(), randomUUID(), undefined];
  const everyKind = () => [
    promotion({ limitTotal: 3 }),
    promotion({ limitPerCustomer: 2 }),
    promotion({ limitTotal: 5, limitPerCustomer: 1 }),
    promotion(),
  ];

  /** Orders ask, ask again with other promotions, and are cancelled, in any sequence. */
  const play = (seed: number, promotions: readonly Promotion[]): RedemptionBook => {
    const random = randomFrom(seed);
    const orders = Array.from({ length: 10 }, () => ({ orderId: randomUUID(), customerId: customers[random(customers.length)] }));
    const book = bookOf(...promotions);
    for (let step = 0; step < 80; step += 1) {
      const order = orders[random(orders.length)] ?? { orderId: '', customerId: undefined };
      const revision = 1 + random(3);
      if (random(5) === 0) decideRedemption(book, { kind: 'release', orderId: order.orderId, revision, companyId });
      else
        decideRedemption(
          book,
          take(
            promotions.filter(() => random(2) === 0),
            { ...order, revision },
          ),
        );
    }
    return book;
  };

  const expectKept = (book: RedemptionBook, { _id, limitTotal = 1_000, limitPerCustomer = 1_000 }: Promotion) => {
    const holders = [...book.redemptions.values()]
      .filter(({ promotionIds }) => promotionIds.includes(_id))
      .map(({ customerId }) => customerId);
    expect(used(book, totalKey(_id))).toBe(holders.length);
    expect(holders.length).toBeLessThanOrEqual(limitTotal);
    for (const customerId of customers) {
      const theirs = holders.filter((holder) => holder === customerId).length;
      expect(customerId === undefined || theirs <= limitPerCustomer).toBe(true);
      expect(customerId === undefined || used(book, customerKey(_id, customerId)) === theirs).toBe(true);
    }
  };

  it('never passes a limit, and counts exactly what stands', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const promotions = everyKind();
      const book = play(seed, promotions);
      for (const each of promotions) expectKept(book, each);
    }
  });
});
