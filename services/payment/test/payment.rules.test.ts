import { sumOf } from '../src/ledger/ledger.rules.ts';
import { capture } from '../src/payment/capture.rules.ts';
import type { SeenIntent } from '../src/payment/convergence.rules.ts';
import { adoptIntent, converge, decline } from '../src/payment/convergence.rules.ts';
import type { OrderNews } from '../src/payment/order.rules.ts';
import { endOrder, giveUp, learnOrder, newPayment, reopen, requestCapture } from '../src/payment/order.rules.ts';
import type { Change, Moment, Payment } from '../src/payment/payment.rules.ts';
import { addRefund, refundable, settleRefund } from '../src/payment/refund.rules.ts';
import { nextCheckAt, nextStep } from '../src/payment/step.rules.ts';

let ids = 0;
const at: Moment = {
  now: new Date('2026-11-02T09:00:00.000Z'),
  newId: () => {
    ids += 1;
    return `019345a0-0000-7000-8000-${String(ids).padStart(12, '0')}`;
  },
  terms: ({ gateway }) => ({ settlement: gateway === 'cash' ? 'at_once' : 'by_intent', account: 'gateway_clearing' }),
};

const order: OrderNews = {
  orderId: at.newId(),
  companyId: at.newId(),
  shopId: at.newId(),
  customerId: at.newId(),
  gateway: 'sandbox',
  revision: 1,
  amount: 5_000,
  currency: 'USD',
};
const fresh = (about: Partial<OrderNews> = {}) => newPayment({ ...order, ...about }, at.newId(), at.now);
const opened = (payment = fresh()) =>
  adoptIntent(payment, { id: 'pi_1', clientSecret: 's', amount: payment.amount }, payment.revision).payment;
const seen = (about: Partial<SeenIntent>): SeenIntent => ({
  id: 'pi_1',
  status: 'open',
  amount: 5_000,
  capturedAmount: 0,
  isDisputed: false,
  ...about,
});
const AUTHORISED = seen({ status: 'authorised' });
const CAPTURED = seen({ status: 'captured', capturedAmount: 5_000 });
const authorised = () => converge(opened(), AUTHORISED, at).payment;
const typesOf = (change: Change) => change.facts.map(({ contract }) => contract.type);

/** What a sequence of sights makes of a payment, with all that is told on the way. */
function seeAll(payment: Payment, sights: SeenIntent[]): { payment: Payment; told: string[] } {
  let current = payment;
  const told: string[] = [];
  for (const sight of sights) {
    const change = converge(current, sight, at);
    current = change.payment;
    told.push(...typesOf(change));
  }
  return { payment: current, told };
}

function permutations<Item>(items: Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe('converge', () => {
  it('ends captured and tells it once for every sequence of sights, each twice', () => {
    const sights = [seen({}), AUTHORISED, CAPTURED, { ...CAPTURED, isDisputed: true }];
    for (const sequence of permutations(sights)) {
      const { payment, told } = seeAll(opened(), [...sequence, ...sequence]);
      expect(payment).toMatchObject({ status: 'captured', capturedAmount: 5_000 });
      expect(told.filter((type) => type === 'payment.success')).toHaveLength(1);
      expect(told.filter((type) => type === 'payment.disputed')).toHaveLength(1);
      expect(told.filter((type) => type === 'payment.authorised').length).toBeLessThanOrEqual(1);
    }
  });

  it('passes over an old decline once the money is held', () => {
    expect(seeAll(authorised(), [seen({ errorCode: 'card_declined' })])).toMatchObject({
      payment: { status: 'authorised' },
      told: [],
    });
  });

  it('passes over intents of others', () => {
    expect(seeAll(opened(), [{ ...CAPTURED, id: 'pi_9' }]).told).toEqual([]);
  });

  it('lets another attempt follow when the gateway let an intent expire', () => {
    const { payment, told } = seeAll(authorised(), [seen({ status: 'cancelled' })]);
    expect(payment).toMatchObject({ status: 'failed', intent: undefined });
    expect(told).toEqual(['payment.failed']);
  });

  it('refunds what was captured after all, once, when the order had been cancelled', () => {
    const { payment } = endOrder(authorised(), at);
    const { payment: after, told } = seeAll(payment, [seen({ status: 'cancelled' }), CAPTURED, CAPTURED]);
    expect(told).toEqual(['payment.cancelled', 'payment.success']);
    expect(after.refunds).toMatchObject([{ amount: 5_000, reason: 'captured_late', status: 'pending' }]);
  });

  it('tells no authorisation of a cancelled order, and why it is voided', () => {
    const { payment } = endOrder(opened(), at);
    expect(seeAll(payment, [AUTHORISED, seen({ status: 'cancelled' })])).toMatchObject({
      payment: { status: 'cancelled', cancel: { reason: 'authorised_late' } },
      told: ['payment.cancelled'],
    });
  });
});

describe('decline', () => {
  const code = 'card_declined';

  it('tells an attempt once to two who asked with the same key', () => {
    const before = opened();
    const first = decline(before, { before, code });
    expect(typesOf(first)).toEqual(['payment.failed']);
    expect(typesOf(decline(first.payment, { before, code }))).toEqual([]);
  });

  it('does not repeat what the webhook told first, but counts the attempt', () => {
    const before = opened();
    const { payment } = converge(before, seen({ errorCode: code }), at);
    const change = decline(payment, { before, code });
    expect([typesOf(change), change.payment.attempts]).toEqual([[], 1]);
  });

  it('tells the second attempt, and none after another attempt succeeded', () => {
    const failed = decline(opened(), { before: opened(), code }).payment;
    expect(typesOf(decline(failed, { before: failed, code }))).toEqual(['payment.failed']);
    expect(typesOf(decline(authorised(), { before: opened(), code }))).toEqual([]);
  });
});

describe('capture', () => {
  it('happens once, with an entry that sums to zero', () => {
    const first = capture(authorised(), 5_000, at);
    expect(first.entries.map(({ lines }) => sumOf(lines))).toEqual([0]);
    const second = capture(first.payment, 5_000, at);
    expect([second.facts, second.entries]).toEqual([[], []]);
  });

  it('is not asked for by an older revision, nor after a cancel', () => {
    const newer = learnOrder(authorised(), { ...order, revision: 2 }, at).payment;
    expect(requestCapture(newer, 1, at).payment.captureRequested).toBeUndefined();
    expect(requestCapture(endOrder(authorised(), at).payment, 1, at).payment.captureRequested).toBeUndefined();
  });
});

describe('revisions', () => {
  it('discard an intent of another amount and keep one of the same', () => {
    const changedAmount = learnOrder(authorised(), { ...order, revision: 2, amount: 6_000 }, at);
    expect(changedAmount.payment).toMatchObject({
      status: 'initiated',
      intent: undefined,
      discarded: [{ id: 'pi_1', revision: 1, amount: 5_000 }],
    });
    expect(nextStep(changedAmount.payment, at)).toMatchObject({ kind: 'void', intentId: 'pi_1' });
    const same = learnOrder(authorised(), { ...order, revision: 2 }, at);
    expect([same.payment.intent?.id, typesOf(same)]).toEqual(['pi_1', ['payment.authorised']]);
  });

  it('put an intent aside that was opened for an older one', () => {
    const payment = fresh({ revision: 2, amount: 6_000 });
    const { payment: after, facts } = adoptIntent(payment, { id: 'pi_1', clientSecret: 's', amount: 5_000 }, 1);
    expect([after.intent, after.discarded.length, facts]).toEqual([undefined, 1, []]);
    const voided = converge(after, seen({ status: 'cancelled' }), at);
    expect([voided.payment.discarded, voided.facts]).toEqual([[], []]);
  });
});

describe('refunds', () => {
  const captured = () => capture(authorised(), 5_000, at).payment;

  it('never promise more than was captured', () => {
    let payment = captured();
    for (const amount of [3_000, 1_500, 900, 1])
      payment = addRefund(payment, { id: at.newId(), amount, reason: 'staff' }, at).payment;
    expect(payment.refunds.map(({ amount }) => amount)).toEqual([3_000, 1_500, 500]);
    expect(refundable(payment)).toBe(0);
  });

  it('are settled once', () => {
    const { payment } = addRefund(captured(), { id: 'r1', amount: 5_000, reason: 'staff' }, at);
    const first = settleRefund(payment, { id: 'r1' }, at);
    expect([first.payment.status, typesOf(first), first.entries.map(({ lines }) => sumOf(lines))]).toEqual([
      'refunded',
      ['payment.refunded'],
      [0],
    ]);
    expect(settleRefund(first.payment, { id: 'r1' }, at)).toMatchObject({ facts: [], entries: [] });
  });

  it('reserved before the capture are cut to it', () => {
    const { payment } = addRefund(authorised(), { id: 'r1', amount: 9_000, reason: 'return' }, at);
    expect(capture(payment, 5_000, at).payment.refunds).toMatchObject([{ amount: 5_000, status: 'pending' }]);
  });
});

describe('the next step', () => {
  it('is to ask for the order of a stub of which something was asked', () => {
    const stub = fresh({ gateway: undefined });
    expect(nextStep(stub, at)).toBeUndefined();
    expect(nextStep(requestCapture(stub, 1, at).payment, at)).toEqual({ kind: 'ask_order' });
  });

  it('is a void for an attempt that was given up, after which another may begin', () => {
    const given = giveUp(authorised(), 'customer', at).payment;
    expect(nextStep(given, at)).toMatchObject({ kind: 'void' });
    const { payment } = converge(given, seen({ status: 'cancelled' }), at);
    expect(nextStep(payment, at)).toBeUndefined();
    expect(reopen(payment).payment).toMatchObject({ status: 'initiated', intent: undefined, cancel: undefined });
    expect(reopen(endOrder(payment, at).payment).payment.cancel).toBeDefined();
  });

  it('waits longer each time, at most a minute, and never for what is at rest', () => {
    const asked = requestCapture(authorised(), 1, at).payment;
    const waits = [0, 1, 3, 20].map((tries) => (nextCheckAt({ ...asked, tries }, at)?.getTime() ?? 0) - at.now.getTime());
    expect(waits).toEqual([2_000, 4_000, 16_000, 60_000]);
    expect(nextCheckAt(capture(asked, 5_000, at).payment, at)).toBeUndefined();
    expect(nextCheckAt(opened(), at)).toEqual(new Date(at.now.getTime() + 10_000));
  });
});
