import type { Subscription, Terms } from '../src/subscription/subscription.rules.ts';
import {
  afterGivenUp,
  afterOverdue,
  afterReprieve,
  afterSettled,
  cancel,
  changePlan,
  stepDue,
  subscribe,
} from '../src/subscription/subscription.rules.ts';
import { suspensionNews, withoutReason, withReason } from '../src/subscription/suspension.rules.ts';

const basic: Terms = { _id: 'basic', price: 3_000, currency: 'USD', billingCycle: 'month', trialDays: 0 };
const large: Terms = { ...basic, _id: 'large', price: 9_000 };
const yearly: Terms = { ...basic, _id: 'yearly', price: 30_000, billingCycle: 'year' };
const withTrial: Terms = { ...basic, _id: 'trial', trialDays: 14 };

const day = (number: number, hour = 0) => new Date(Date.UTC(2026, 5, number, hour));
const active = subscribe(basic, undefined, day(1)).subscription;
const unpaid = afterOverdue(active, 'bill', day(22));
/** The subscription after a step that has to be due. */
function stepped(before: Subscription, plan: Terms, now: Date) {
  const turn = stepDue(before, plan, now);
  if (!turn) throw new Error('nothing is due');
  return turn;
}

describe('subscribing', () => {
  test('begins and bills a period', () => {
    const { subscription, bill } = subscribe(basic, undefined, day(1));
    expect(subscription).toMatchObject({ status: 'active', periodStart: day(1), periodEnd: day(31), nextStepAt: day(31) });
    expect(bill).toMatchObject({ total: 3_000, lines: [{ kind: 'period', amount: 3_000 }] });
  });

  test('begins with a trial that costs nothing, once', () => {
    const { subscription, bill } = subscribe(withTrial, undefined, day(1));
    expect(bill).toBeUndefined();
    expect(subscription).toMatchObject({ status: 'trialing', periodEnd: day(15), trialEndsAt: day(15), nextStepAt: day(15) });
    const again = subscribe(withTrial, cancel(subscription, 'now'), day(3));
    expect(again).toMatchObject({ subscription: { status: 'active', periodStart: day(3) }, bill: { total: 3_000 } });
  });

  test('is refused twice, after bills that are overdue, and in another currency than what is in favour', () => {
    expect(() => subscribe(basic, active, day(2))).toThrow(/subscribed already/);
    expect(() => subscribe(basic, cancel(unpaid, 'now'), day(25))).toThrow(/overdue/);
    const favoured = { ...cancel(active, 'now'), credit: 5 };
    expect(() => subscribe({ ...basic, currency: 'EUR' }, favoured, day(2))).toThrow(/another currency/);
  });
});

describe('changing the plan', () => {
  test('in the middle of the period credits the rest and charges it at the new price', () => {
    const { subscription, bill } = changePlan(active, { from: basic, to: large, now: day(16) });
    expect(bill).toMatchObject({ lines: [{ amount: -1_500 }, { amount: 4_500 }], total: 3_000, credit: 0 });
    expect(subscription).toMatchObject({ planId: 'large', periodStart: day(1), periodEnd: day(31) });
  });

  test('to a cheaper one keeps what is over in favour, which pays of the next period', () => {
    const larger = subscribe(large, undefined, day(1)).subscription;
    const { subscription, bill } = changePlan(larger, { from: large, to: basic, now: day(16) });
    expect(bill).toMatchObject({ total: 0, credit: 3_000 });
    expect(stepped(subscription, basic, day(31)).bill).toMatchObject({ total: 0, credit: 0 });
  });

  test('to another cycle begins a new period now', () => {
    const { subscription, bill } = changePlan(active, { from: basic, to: yearly, now: day(16) });
    expect(bill).toMatchObject({ lines: [{ amount: -1_500 }, { kind: 'period', amount: 30_000 }], total: 28_500 });
    expect(subscription).toMatchObject({ periodStart: day(16), periodEnd: new Date(Date.UTC(2027, 5, 16)) });
  });

  test('in a trial costs nothing and keeps the trial', () => {
    const { subscription } = subscribe(withTrial, undefined, day(1));
    const { bill, subscription: after } = changePlan(subscription, { from: withTrial, to: large, now: day(5) });
    expect(bill).toBeUndefined();
    expect(after).toMatchObject({ planId: 'large', status: 'trialing', periodEnd: day(15) });
  });

  test('takes a cancellation back that waits, and is refused where it changes nothing or something is overdue', () => {
    const leaving = cancel(active, 'period_end');
    expect(changePlan(leaving, { from: basic, to: basic, now: day(2) })).toMatchObject({ subscription: { cancelsAt: null } });
    expect(() => changePlan(active, { from: basic, to: basic, now: day(2) })).toThrow(/this plan already/);
    expect(() => changePlan(unpaid, { from: basic, to: large, now: day(9) })).toThrow(/overdue/);
    expect(() => changePlan(active, { from: basic, to: { ...large, currency: 'EUR' }, now: day(2) })).toThrow(/currency/);
    expect(() => changePlan(cancel(active, 'now'), { from: basic, to: large, now: day(2) })).toThrow(/no subscription/);
  });
});

describe('a bill that was given up', () => {
  const bill = { amount: 3_000, paidUntil: day(31) };

  test('takes the credit that came of it, and no more than there is', () => {
    expect(afterGivenUp({ ...active, credit: 5_000 }, bill, day(10))).toMatchObject({ credit: 2_000 });
    expect(afterGivenUp({ ...active, credit: 1_000 }, bill, day(10))).toMatchObject({ credit: 0, givenUp: 2_000 });
  });

  test('leaves of the period that it was for only what was paid to be credited', () => {
    const half = afterGivenUp(active, { ...bill, amount: 1_000 }, day(10));
    expect(changePlan(half, { from: basic, to: large, now: day(16) }).bill).toMatchObject({ lines: [{ amount: -1_000 }, {}] });
    const none = afterGivenUp(active, bill, day(10));
    const larger = changePlan(none, { from: basic, to: large, now: day(16) });
    expect(larger.bill).toMatchObject({ total: 4_500, credit: 0 });
    // What is billed after that is credited in full.
    const back = changePlan(larger.subscription, { from: large, to: basic, now: day(16) });
    expect(back.bill).toMatchObject({ lines: [{ amount: -4_500 }, { amount: 1_500 }, {}] });
  });

  test('concerns no other period', () => {
    expect(afterGivenUp(active, { ...bill, paidUntil: day(9) }, day(10))).toEqual(active);
    expect(stepped(afterGivenUp(active, bill, day(10)), basic, day(31)).subscription.givenUp).toBeUndefined();
  });
});

describe('steps', () => {
  test('come when they are due, and once', () => {
    expect(stepDue(active, basic, day(30, 23))).toBeUndefined();
    const { subscription, bill } = stepped(active, basic, day(31));
    expect(bill).toMatchObject({ total: 3_000 });
    expect(subscription).toMatchObject({ periodStart: day(31), periodEnd: new Date(Date.UTC(2026, 7, 1)) });
    expect(stepDue(subscription, basic, day(31))).toBeUndefined();
  });

  test('bill the first period at the end of a trial', () => {
    const { subscription } = subscribe(withTrial, undefined, day(1));
    expect(stepped(subscription, withTrial, day(15))).toMatchObject({
      subscription: { status: 'active' },
      bill: { total: 3_000 },
    });
  });

  test('end what was cancelled with its period, unbilled', () => {
    const turn = stepped(cancel(active, 'period_end'), basic, day(31));
    expect(turn.bill).toBeUndefined();
    expect(turn.subscription).toMatchObject({ status: 'cancelled', nextStepAt: null });
    expect(() => cancel(cancel(active, 'period_end'), 'period_end')).toThrow(/already/);
  });
});

describe('an overdue bill', () => {
  test('has a grace counted from the first, and after it nothing is billed', () => {
    expect(unpaid).toMatchObject({ status: 'past_due', graceEndsAt: day(22), nextStepAt: day(22) });
    expect(afterOverdue(unpaid, 'second', day(29))).toMatchObject({ graceEndsAt: day(22) });
    const late = stepped(unpaid, basic, day(22));
    expect(late).toMatchObject({ isOutOfGrace: true, subscription: { status: 'suspended', nextStepAt: null } });
  });

  test('that is settled with all others makes all well; time without service is not billed', () => {
    const two = afterOverdue(unpaid, 'second', day(29));
    const one = afterSettled(two, 'bill', day(10));
    expect(one).toMatchObject({ status: 'past_due', overdueInvoiceIds: ['second'] });
    expect(afterSettled(one, 'second', day(11))).toMatchObject({ status: 'active', graceEndsAt: null, periodEnd: day(31) });
    const suspended = stepped(unpaid, basic, day(22)).subscription;
    const later = new Date(Date.UTC(2026, 8, 9));
    const back = afterSettled(suspended, 'bill', later);
    expect(stepped(back, basic, later)).toMatchObject({
      subscription: { status: 'active', periodStart: later },
      bill: { total: 3_000 },
    });
  });

  test('of a subscription that was cancelled still ends its grace', () => {
    const gone = afterOverdue(cancel(active, 'now'), 'bill', day(22));
    expect(stepped(gone, basic, day(22))).toMatchObject({ isOutOfGrace: true, subscription: { status: 'cancelled' } });
    expect(afterSettled(gone, 'bill', day(23))).toMatchObject({ status: 'cancelled', nextStepAt: null });
  });

  test('has another grace when staff let the company go on', () => {
    const suspended = stepped(unpaid, basic, day(22)).subscription;
    const reprieved = afterReprieve(suspended, day(30), day(23));
    expect(reprieved).toMatchObject({ status: 'past_due', graceEndsAt: day(30), nextStepAt: day(30) });
  });
});

test('reasons to be suspended stand side by side, and others are told when the first of them changes', () => {
  const both = withReason(['unpaid'], 'staff');
  expect(both).toEqual(['staff', 'unpaid']);
  expect(suspensionNews([], ['unpaid'])).toBe('unpaid');
  expect(suspensionNews(both, withoutReason(both, 'unpaid'))).toBeUndefined();
  expect(suspensionNews(both, withoutReason(both, 'staff'))).toBe('unpaid');
  expect(suspensionNews(['staff'], [])).toBe('none');
});

describe('a trial in which an older bill fell overdue and was paid', () => {
  const old = cancel(subscribe(basic, undefined, day(1)).subscription, 'now');
  const trial = subscribe({ ...withTrial, price: 1_200_000, billingCycle: 'year' }, old, day(1)).subscription;
  const paid = afterSettled(afterOverdue(trial, 'old bill', day(30)), 'old bill', day(9));

  test('is a trial still', () => {
    expect(paid).toMatchObject({ status: 'trialing', period: 0, credit: 0 });
  });

  test('has nothing to credit when the plan changes, whatever its status says', () => {
    const from = { ...withTrial, price: 1_200_000, billingCycle: 'year' as const };
    const to = { ...basic, _id: 'free', price: 0, billingCycle: 'month' as const };
    const { subscription, bill } = changePlan({ ...paid, status: 'active' }, { from, to, now: day(10) });
    expect([subscription.credit, bill]).toEqual([0, undefined]);
  });
});
