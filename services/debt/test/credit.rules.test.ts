import type { CreditLine } from '../src/credit/credit.rules.ts';
import { availableCredit, earlierVerdict, heldBy, judge, newHold, newLine } from '../src/credit/credit.rules.ts';

const now = new Date('2026-11-02T09:00:00.000Z');
const key = { companyId: 'c', customerId: 'u', currency: 'USD' };
const line: CreditLine = { ...newLine(key, now), limit: 1_000, held: 300, owed: 500 };
const wants = (amount: number, more = {}) => judge(line, { amount, freed: 0, isOverdue: false, ...more });

describe('a credit line', () => {
  it.each([
    ['bears exactly what is left', wants(200), { outcome: 'held' }],
    ['bears no cent more', wants(201), { outcome: 'refused', reason: 'limit_exceeded' }],
    ['counts what an older revision gives back', wants(500, { freed: 300 }), { outcome: 'held' }],
    ['bears nothing while something is overdue', wants(1, { isOverdue: true }), { outcome: 'refused', reason: 'overdue' }],
    [
      'bears nothing without a limit',
      judge({ ...line, limit: 0 }, { amount: 1, freed: 0, isOverdue: true }),
      { outcome: 'refused', reason: 'no_limit' },
    ],
    [
      'is there only when it was given',
      judge(undefined, { amount: 1, freed: 0, isOverdue: false }),
      { outcome: 'refused', reason: 'no_limit' },
    ],
  ])('%s', (_name, verdict, expected) => {
    expect(verdict).toEqual(expected);
  });

  it('has nothing left, rather than less, when its limit was lowered', () => {
    expect(availableCredit({ limit: 100, held: 300, owed: 500 })).toBe(0);
    expect(availableCredit(line)).toBe(200);
  });
});

describe('a hold', () => {
  const fresh = newHold('o', key, now);
  const held = { ...fresh, state: 'held' as const, revision: 2, amount: 300 };

  it('answers again what it answered', () => {
    expect(earlierVerdict(fresh, 1)).toBeUndefined();
    expect(earlierVerdict(held, 2)).toEqual({ outcome: 'held' });
    expect(earlierVerdict(held, 3)).toBeUndefined();
    const refusal = { revision: 3, reason: 'limit_exceeded' as const };
    expect(earlierVerdict({ ...held, refusal }, 3)).toEqual({ outcome: 'refused', reason: 'limit_exceeded' });
    expect(earlierVerdict({ ...held, refusal }, 2)).toEqual({ outcome: 'held' });
  });

  it('weighs on its line only while it is held', () => {
    expect([fresh, held, { ...held, state: 'consumed' as const }].map(heldBy)).toEqual([0, 300, 0]);
  });
});
