import { billOf, line } from '../src/subscription/invoice.rules.ts';
import { afterCycles, unusedPart } from '../src/subscription/proration.rules.ts';

const SECOND_MS = 1_000;
const start = new Date('2026-01-01T00:00:00.000Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * SECOND_MS);
const periodOf = (seconds: number) => ({ start, end: after(seconds) });

/** Numbers that look random and are the same in each run (Park and Miller's generator). */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state;
  }
}

function cases(count: number, seed: number) {
  const random = numbers(seed);
  const below = (limit: number) => (random.next().value ?? 0) % limit;
  return Array.from({ length: count }, () => {
    const seconds = 1 + below(366 * 24 * 3600);
    const moments = Array.from({ length: 4 }, () => below(seconds + 1)).toSorted((a, b) => a - b);
    return { seconds, moments, prices: Array.from({ length: 5 }, () => below(1_000_000)) };
  });
}

describe('the unused part of a price', () => {
  test.each([
    ['all of it at the beginning', 4_900, 0, 4_900],
    ['nothing at the end', 4_900, 100, 0],
    ['nothing after the end', 4_900, 250, 0],
    ['half of it in the middle', 4_900, 50, 2_450],
    ['a half cent down to the even one', 25, 90, 2],
    ['a half cent up to the even one', 35, 90, 4],
    ['more than a half cent up', 26, 90, 3],
  ])('is %s', (_name, amount, seconds, expected) => {
    expect(unusedPart(amount, periodOf(100), after(seconds))).toBe(expected);
  });

  test('is exact where a floating point number would not be', () => {
    const amount = Number.MAX_SAFE_INTEGER;
    expect(unusedPart(amount, periodOf(3), after(1))).toBe(6_004_799_503_160_661);
  });

  test('never grows as time goes on, and never leaves its bounds', () => {
    for (const { seconds, moments, prices } of cases(300, 7)) {
      const [price = 0] = prices;
      const parts = moments.map((moment) => unusedPart(price, periodOf(seconds), after(moment)));
      expect(parts).toEqual(parts.toSorted((a, b) => b - a));
      for (const part of parts) expect(part >= 0 && part <= price).toBe(true);
    }
  });
});

test('over any changes of plan, what is billed is what was used of each plan, and no cent more or less', () => {
  for (const { seconds, moments, prices } of cases(300, 11)) {
    const period = periodOf(seconds);
    let credit = 0;
    let billed = 0;
    const take = (lines: Parameters<typeof billOf>[0]) => {
      const bill = billOf(lines, credit);
      expect(bill.total).toBeGreaterThanOrEqual(0);
      expect(bill.credit).toBeGreaterThanOrEqual(0);
      expect(bill.lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(bill.total);
      credit = bill.credit;
      billed += bill.total;
    };
    const [first = 0, ...later] = prices;
    take([line('period', 'p', { amount: first, period })]);
    let paidFrom = { price: first, part: first };
    let used = 0;
    for (const [index, price] of later.entries()) {
      const now = after(moments[index] ?? 0);
      const credited = unusedPart(paidFrom.price, period, now);
      const charged = unusedPart(price, period, now);
      take([
        line('proration_credit', 'p', { amount: 0 - credited, period }),
        line('proration_charge', 'p', { amount: charged, period }),
      ]);
      used += paidFrom.part - credited;
      paidFrom = { price, part: charged };
    }
    expect(billed - credit).toBe(used + paidFrom.part);
  }
});

describe('the end of a period', () => {
  test.each([
    ['2026-01-31T10:00:00.000Z', 1, 'month', '2026-02-28T10:00:00.000Z'],
    ['2026-01-31T10:00:00.000Z', 2, 'month', '2026-03-31T10:00:00.000Z'],
    ['2028-01-31T10:00:00.000Z', 1, 'month', '2028-02-29T10:00:00.000Z'],
    ['2026-12-15T00:00:00.000Z', 1, 'month', '2027-01-15T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', 1, 'year', '2029-02-28T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', 4, 'year', '2032-02-29T00:00:00.000Z'],
  ] as const)('%s and %i %s: %s', (anchor, count, cycle, expected) => {
    expect(afterCycles(new Date(anchor), count, cycle).toISOString()).toBe(expected);
  });
});
