import { addMoney, allocate, applyRate, currency, currencyDigits, formatMoney, includedTax, money } from '../src/index.ts';

const CASES = 2_000;

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Amounts of every size up to what an integer bears, negative ones included. */
function randomAmount(random: () => number): number {
  const size = 10 ** Math.floor(random() * 15);
  return Math.floor(random() * size) * (random() < 0.25 ? -1 : 1);
}

/** Runs `check` with the same made-up cases in every run; the number of the case names it in a failure. */
function forAll(seed: number, check: (random: () => number, where: string) => void): void {
  const random = seededRandom(seed);
  for (let index = 0; index < CASES; index++) check(random, `case ${index} of seed ${seed}`);
}

const magnitude = (value: number) => BigInt(Math.abs(value));

describe('allocate', () => {
  it('gives away every unit, each part within one unit of its exact share', () => {
    forAll(11, (random, where) => {
      const amount = randomAmount(random);
      const weights = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() ** 3 * 1_000_000));
      const parts = allocate(amount, weights);
      expect([where, parts.length]).toEqual([where, weights.length]);
      expect([where, parts.reduce((sum, part) => sum + BigInt(part), 0n)]).toEqual([where, BigInt(amount)]);
      const shares = weights.every((weight) => weight === 0) ? weights.map(() => 1) : weights;
      const whole = shares.reduce((sum, share) => sum + BigInt(share), 0n);
      parts.forEach((part, index) => {
        const difference = magnitude(part) * whole - magnitude(amount) * BigInt(shares[index] ?? 0);
        expect([where, difference > -whole && difference < whole]).toEqual([where, true]);
      });
    });
  });

  it('gives nothing to a weight of zero and no less to a larger weight', () => {
    forAll(12, (random, where) => {
      const amount = Math.abs(randomAmount(random));
      const weights = [0, ...Array.from({ length: 5 }, () => 1 + Math.floor(random() * 100))].toSorted((a, b) => a - b);
      const parts = allocate(amount, weights);
      expect([where, parts[0]]).toEqual([where, 0]);
      const rising = parts.every((part, index) => part >= (parts[index - 1] ?? 0) || weights[index] === weights[index - 1]);
      expect([where, rising]).toEqual([where, true]);
    });
  });

  it('gives the units left over to the largest remainders, the earliest first', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(10, [5, 3, 3])).toEqual([4, 3, 3]);
    expect(allocate(7, [0, 0, 0])).toEqual([3, 2, 2]);
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
  });

  it('never makes a negative zero, which the database would keep as a double', () => {
    expect(allocate(-1, [1, 1])).toEqual([-1, 0]);
  });

  it('throws a RangeError without weights or with a negative one', () => {
    expect(() => allocate(1, [])).toThrow(RangeError);
    expect(() => allocate(1, [2, -1])).toThrow(RangeError);
  });
});

describe('applyRate', () => {
  it('is within half a unit of the exact product, ties away from zero, and mirrors below zero', () => {
    forAll(13, (random, where) => {
      const amount = Math.abs(randomAmount(random));
      const rate = Math.floor(random() * 20_000);
      const doubled = 2n * (BigInt(applyRate(amount, rate)) * 10_000n - BigInt(amount) * BigInt(rate));
      expect([where, doubled > -10_000n && doubled <= 10_000n]).toEqual([where, true]);
      expect([where, applyRate(-amount, rate) + applyRate(amount, rate)]).toEqual([where, 0]);
    });
  });

  it('rounds halves away from zero', () => {
    expect([applyRate(5, 1_000), applyRate(-5, 1_000), applyRate(4, 1_000)]).toEqual([1, -1, 0]);
    expect(applyRate(12_999, 10_000)).toBe(12_999);
  });

  it('never makes a negative zero', () => {
    expect(applyRate(-1, 0)).toBe(0);
  });
});

describe('includedTax', () => {
  it('is within half a unit of the exact tax inside, and mirrors below zero', () => {
    forAll(14, (random, where) => {
      const amount = Math.abs(randomAmount(random));
      const rate = Math.floor(random() * 10_000);
      const divisor = 10_000n + BigInt(rate);
      const doubled = 2n * (BigInt(includedTax(amount, rate)) * divisor - BigInt(amount) * BigInt(rate));
      expect([where, doubled > -divisor && doubled <= divisor]).toEqual([where, true]);
      expect([where, includedTax(-amount, rate) + includedTax(amount, rate)]).toEqual([where, 0]);
    });
  });

  it('finds the tax that was put on a net amount, to a unit', () => {
    forAll(15, (random, where) => {
      const net = Math.floor(random() * 10_000_000);
      const rate = Math.floor(random() * 5_000);
      const tax = applyRate(net, rate);
      expect([where, Math.abs(includedTax(net + tax, rate) - tax) <= 1]).toEqual([where, true]);
    });
  });

  it('takes 19 % out of 119.00', () => {
    expect(includedTax(11_900, 1_900)).toBe(1_900);
  });
});

describe('money', () => {
  it('adds amounts of one currency and refuses a second', () => {
    expect(addMoney({ amount: 100, currency: 'USD' }, { amount: -30, currency: 'USD' })).toEqual({ amount: 70, currency: 'USD' });
    expect(() => addMoney({ amount: 1, currency: 'USD' }, { amount: 1, currency: 'EUR' })).toThrow('cannot add EUR to USD');
  });

  it.each([
    ['JPY', 0],
    ['VND', 0],
    ['USD', 2],
    ['HUF', 2],
    ['IDR', 2],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
  ])('knows that %s has %d decimals by ISO 4217', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits);
  });

  it('is written with the decimals of its currency', () => {
    expect(formatMoney({ amount: 12_999, currency: 'USD' })).toBe('$129.99');
    expect(formatMoney({ amount: 12_999, currency: 'JPY' })).toBe('¥12,999');
    expect(formatMoney({ amount: 12_999, currency: 'KWD' })).toMatch(/^KWD\s12\.999$/);
    expect(formatMoney({ amount: 500_000, currency: 'HUF' })).toMatch(/^HUF\s5,000\.00$/);
  });

  it.each(['usd', 'US', 'ABC', ''])('refuses %p as a currency', (code) => {
    expect(currency.safeParse(code).success).toBe(false);
  });

  it('refuses fractions and unknown fields', () => {
    expect(money.safeParse({ amount: 1.5, currency: 'USD' }).success).toBe(false);
    expect(money.safeParse({ amount: 1, currency: 'USD', decimals: 2 }).success).toBe(false);
  });
});
