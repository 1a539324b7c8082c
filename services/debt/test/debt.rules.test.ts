import type { Debt } from '../src/debt/debt.rules.ts';
import { afterCancel, afterPayment, afterStep, daysOverdue, nextStep, remainingOf } from '../src/debt/debt.rules.ts';

const placed = new Date('2026-11-02T09:00:00.000Z');
const debt: Debt = {
  ...{ _id: 'd', debtorType: 'customer', debtorId: 'u', companyId: 'c', creditorId: 'c', type: 'purchase', currency: 'USD' },
  ...{ amount: 1_000, paid: 0, writtenOff: 0, status: 'pending', dueAt: new Date('2026-12-02T09:00:00.000Z') },
  ...{ version: 1, createdAt: placed, updatedAt: placed },
};
const zone = 'America/New_York';
const at = (time: string) => new Date(time);

describe('a payment', () => {
  it('makes a debt partly paid, then paid, after which the calendar leaves it alone', () => {
    const partly = afterPayment({ ...debt, nextStepAt: placed }, 400, placed);
    expect(partly).toMatchObject({ status: 'partial', paid: 400, nextStepAt: placed });
    expect(afterPayment(partly, 600, placed)).toMatchObject({ status: 'paid', paid: 1_000, nextStepAt: undefined });
  });

  it('leaves a debt overdue until all is paid', () => {
    const overdue = afterPayment({ ...debt, status: 'overdue' }, 999, placed);
    expect(overdue.status).toBe('overdue');
    expect(afterPayment(overdue, 1, placed).status).toBe('paid');
  });
});

describe('a cancelled order', () => {
  it('leaves nothing to pay', () => {
    const cancelled = afterCancel({ ...debt, paid: 400, status: 'overdue' }, placed);
    expect(cancelled).toMatchObject({ status: 'cancelled', writtenOff: 600, paid: 400 });
    expect(remainingOf(cancelled)).toBe(0);
  });

  it('leaves a paid debt paid', () => {
    const paid = afterPayment(debt, 1_000, placed);
    expect(afterCancel(paid, placed)).toBe(paid);
  });
});

describe('the calendar', () => {
  it('reminds three days before, then waits for the end of the day the debt is due, in the company time zone', () => {
    const reminder = at('2026-11-29T05:00:00.000Z');
    expect(nextStep(debt, zone, placed)).toEqual({ kind: 'remind', at: reminder });
    const { debt: reminded, done } = afterStep(debt, zone, reminder);
    expect(done).toBe('remind');
    const end = at('2026-12-03T05:00:00.000Z');
    expect(reminded).toMatchObject({ status: 'pending', remindedAt: reminder, nextStepAt: end });
    const { debt: overdue, done: then } = afterStep(reminded, zone, end);
    expect(then).toBe('overdue');
    expect(overdue).toMatchObject({ status: 'overdue', overdueAt: end, nextStepAt: undefined });
    expect(afterStep(overdue, zone, at('2027-12-03T05:00:00.000Z')).done).toBeUndefined();
  });

  it('does nothing a moment too early, but notes when to look again', () => {
    const { debt: same, done } = afterStep(debt, zone, at('2026-11-29T04:59:59.999Z'));
    expect(done).toBeUndefined();
    expect(same).toEqual({ ...debt, nextStepAt: at('2026-11-29T05:00:00.000Z') });
  });

  it('does not remind of what is overdue already', () => {
    expect(afterStep(debt, zone, at('2026-12-03T05:00:00.000Z')).done).toBe('overdue');
  });

  it('leaves settled debts alone', () => {
    for (const status of ['paid', 'cancelled', 'written_off'] as const)
      expect(nextStep({ ...debt, status }, zone, placed)).toBeUndefined();
  });

  it('counts the days since a debt was due', () => {
    expect(daysOverdue(debt, zone, at('2026-12-03T05:00:00.000Z'))).toBe(1);
    expect(daysOverdue(debt, zone, at('2026-12-01T05:00:00.000Z'))).toBe(0);
  });
});
