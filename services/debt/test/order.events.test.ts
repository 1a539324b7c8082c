import type { Envelope } from '@souk/contracts';
import {
  debtCreated,
  debtPaid,
  debtPaymentRecorded,
  debtWrittenOff,
  orderCancelled,
  orderConfirmed,
  paymentRefunded,
  userErased,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { envelopeFor, startTestService } from '@souk/testing';
import { holds } from '../src/credit/credit.store.ts';
import { debtPayments, debts } from '../src/debt/debt.store.ts';
import { service } from '../src/service.ts';
import type { Parties } from './debt-world.ts';
import { cancelledOrder, confirmedOrder, giveLimit, hold, lineAndSum, newParties } from './debt-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

let app: TestService;
beforeAll(async () => {
  app = await startTestService(service, { env: { DEBT_TERM_DAYS: '14' } });
});
afterAll(() => app.stop());

async function heldOrder(total: number): Promise<{ parties: Parties; orderId: string }> {
  const parties = newParties();
  await giveLimit(app, parties, 100_000);
  const orderId = newId();
  await hold(app, parties, { orderId, amount: total });
  return { parties, orderId };
}

function refund({ companyId, customerId }: Parties, orderId: string, refundAmount: number) {
  const amounts = { refundAmount, refundedTotal: refundAmount, reason: 'return', gateway: 'account' } as const;
  return { ...paymentRefunded.example, companyId, customerId, orderId, refundId: newId(), ...amounts };
}

describe('a confirmed order on account', () => {
  it('becomes a debt, once, and its hold is what is owed', async () => {
    const { parties, orderId } = await heldOrder(25_770);
    const event = envelopeFor(orderConfirmed, confirmedOrder(parties, { orderId, total: 25_770 }));
    expect(await app.deliverAll([event, event])).toEqual(['SUCCESS', 'SUCCESS']);
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0, owed: 25_770 });
    const [debt, ...more] = await app.db(debts).find({ orderId });
    expect(more).toEqual([]);
    expect(debt).toMatchObject({
      status: 'pending',
      type: 'purchase',
      creditorId: parties.companyId,
      debtorId: parties.customerId,
    });
    const dueAt = new Date(Date.parse(orderConfirmed.example.confirmedAt) + 14 * 24 * 3600 * 1000);
    expect(debt?.dueAt).toEqual(dueAt);
    const facts = (await app.published(debtCreated)).filter(({ data }) => data.orderId === orderId);
    expect(facts.map(({ data }) => data)).toEqual([
      expect.objectContaining({ debtId: debt?._id, amount: 25_770, currency: 'USD', dueAt: dueAt.toISOString() }),
    ]);
  });

  it('frees what an older revision held when an edit left nothing to pay', async () => {
    const { parties, orderId } = await heldOrder(700);
    await app.deliver(orderConfirmed, { ...confirmedOrder(parties, { orderId, total: 0 }), revision: 2 });
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0, owed: 0 });
    // The question of the older revision comes late, and holds nothing.
    await hold(app, parties, { orderId, amount: 700 });
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0, owed: 0 });
  });

  it('is owed even when nothing was held for it', async () => {
    const parties = newParties();
    await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId: newId(), total: 900 }));
    expect(await lineAndSum(app, parties)).toMatchObject({ limit: 0, held: 0, owed: 900 });
  });

  it.each([
    ['paid otherwise', { paymentMethod: 'sandbox' as const }],
    ['imported', { source: 'import' as const }],
    ['free', { total: 0 }],
    ['of a guest', { customerId: undefined }],
  ])('is no debt when it is %s', async (_name, changes) => {
    const orderId = newId();
    const data = { ...confirmedOrder(newParties(), { orderId, total: 900 }), ...changes };
    expect(await app.deliver(orderConfirmed, data)).toBe('SUCCESS');
    expect(await app.db(debts).count({ orderId })).toBe(0);
  });
});

describe('a cancelled order on account', () => {
  it('gives back what was held', async () => {
    const { parties, orderId } = await heldOrder(700);
    await app.deliver(orderCancelled, cancelledOrder(parties, { orderId, total: 700, confirmed: false }));
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0, owed: 0 });
    expect(await app.db(holds).findOne({ _id: orderId })).toMatchObject({ state: 'released' });
  });

  it('writes off what was owed, and no more than that', async () => {
    const { parties, orderId } = await heldOrder(700);
    await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total: 700 }));
    const [debt] = await app.db(debts).find({ orderId });
    await app.request('POST', `/debts/${debt?._id}/payment`, { as: parties.admin, key: newId(), body: { amount: 200 } });
    await app.deliver(orderCancelled, cancelledOrder(parties, { orderId, total: 700, confirmed: true }));
    expect(await app.db(debts).findOne({ orderId })).toMatchObject({ status: 'cancelled', paid: 200, writtenOff: 500 });
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0, owed: 0 });
    const facts = (await app.published(debtWrittenOff)).filter(({ data }) => data.orderId === orderId);
    expect(facts.map(({ data }) => [data.amount, data.reason])).toEqual([[500, 'order_cancelled']]);
  });
});

describe('a refund of an order on account', () => {
  it('lowers what is owed, and settles it when nothing is left', async () => {
    const { parties, orderId } = await heldOrder(700);
    await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total: 700 }));
    await app.deliver(paymentRefunded, refund(parties, orderId, 300));
    expect(await app.db(debts).findOne({ orderId })).toMatchObject({ status: 'partial', paid: 300 });
    await app.deliver(paymentRefunded, refund(parties, orderId, 500));
    expect(await app.db(debts).findOne({ orderId })).toMatchObject({ status: 'paid', paid: 700 });
    expect(await lineAndSum(app, parties)).toMatchObject({ owed: 0 });
    const recorded = (await app.published(debtPaymentRecorded)).filter(({ data }) => data.orderId === orderId);
    expect(recorded.map(({ data }) => [data.amount, data.remaining])).toEqual([
      [300, 400],
      [400, 0],
    ]);
    expect((await app.published(debtPaid)).filter(({ data }) => data.orderId === orderId)).toHaveLength(1);
  });

  describe('that was paid', () => {
    const confirm = (parties: Parties, orderId: string, total: number) =>
      app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total }));
    const payAll = async ({ admin }: Parties, orderId: string, amount: number) => {
      const [debt] = await app.db(debts).find({ orderId });
      const paid = await app.request('POST', `/debts/${debt?._id}/payment`, { as: admin, key: newId(), body: { amount } });
      expect(paid.status).toBe(201);
    };
    const shown = async ({ customerId, buyer }: Parties) =>
      (await app.request('GET', `/debts/limits/${customerId}`, { as: buyer })).body.data[0];

    it('is kept for the next debt, which it pays', async () => {
      const { parties, orderId } = await heldOrder(700);
      await confirm(parties, orderId, 700);
      await payAll(parties, orderId, 600);
      await app.deliver(paymentRefunded, refund(parties, orderId, 300));
      expect(await shown(parties)).toMatchObject({ owed: 0, credit: 200 });
      const next = newId();
      await confirm(parties, next, 500);
      expect(await shown(parties)).toMatchObject({ owed: 300, credit: 0 });
      const [debt] = await app.db(debts).find({ orderId: next });
      expect(debt).toMatchObject({ status: 'partial', paid: 200 });
      const { body } = await app.request('GET', `/debts/${debt?._id}/payments`, { as: parties.buyer });
      expect(body.data).toMatchObject([{ kind: 'credit', amount: 200 }]);
      expect(await lineAndSum(app, parties)).toMatchObject({ owed: 300 });
    });

    it('gives back what was paid, however refunds and a cancel follow each other, and no more', async () => {
      for (const isCancelFirst of [true, false]) {
        const { parties, orderId } = await heldOrder(700);
        await confirm(parties, orderId, 700);
        await payAll(parties, orderId, 300);
        const cancel = () => app.deliver(orderCancelled, cancelledOrder(parties, { orderId, total: 700, confirmed: true }));
        if (isCancelFirst) await cancel();
        await app.deliver(paymentRefunded, refund(parties, orderId, 500));
        if (!isCancelFirst) await cancel();
        expect(await shown(parties)).toMatchObject({ owed: 0, credit: 300 });
      }
    });
  });

  it('waits for its order when it is heard of first', async () => {
    const { parties, orderId } = await heldOrder(700);
    await app.deliver(paymentRefunded, refund(parties, orderId, 300));
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 700, owed: 0 });
    await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total: 700 }));
    expect(await app.db(debts).findOne({ orderId })).toMatchObject({ status: 'partial', paid: 300 });
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0, owed: 400 });
  });

  it('of a cancelled order changes nothing, nor one that went another way', async () => {
    const { parties, orderId } = await heldOrder(700);
    await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total: 700 }));
    await app.deliver(paymentRefunded, { ...refund(parties, orderId, 700), reason: 'order_cancelled' });
    await app.deliver(paymentRefunded, { ...refund(parties, orderId, 700), gateway: 'sandbox' });
    expect(await app.db(debts).findOne({ orderId })).toMatchObject({ status: 'pending', paid: 0 });
  });
});

it('forgets what staff typed about an erased user, and keeps the amounts', async () => {
  const { parties, orderId } = await heldOrder(700);
  await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total: 700 }));
  const [debt] = await app.db(debts).find({ orderId });
  const body = { amount: 200, reference: 'Ada paid by cheque' };
  await app.request('POST', `/debts/${debt?._id}/payment`, { as: parties.admin, key: newId(), body });
  await app.deliver(userErased, { userId: parties.customerId, at: new Date().toISOString() });
  const [payment] = await app.db(debtPayments).find({ debtId: debt?._id });
  expect(payment).toMatchObject({ amount: 200 });
  expect(payment).not.toHaveProperty('reference');
});

describe('the events of one order, in every sequence and three times', () => {
  const permutations = <Item>(items: readonly Item[]): Item[][] =>
    items.length < 2
      ? [[...items]]
      : items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));

  it('leave the same debt and the same line', async () => {
    const seen = new Set<string>();
    for (const sequence of permutations([0, 1, 2] as const)) {
      const { parties, orderId } = await heldOrder(700);
      const events: Envelope[] = [
        envelopeFor(orderConfirmed, confirmedOrder(parties, { orderId, total: 700 })),
        envelopeFor(paymentRefunded, refund(parties, orderId, 100)),
        envelopeFor(orderCancelled, cancelledOrder(parties, { orderId, total: 700, confirmed: true })),
      ];
      for (let round = 0; round < 3; round += 1) for (const index of sequence) await app.deliverEnvelope(events[index]!);
      const line = await lineAndSum(app, parties);
      const [debt] = await app.db(debts).find({ orderId });
      expect(debt && debt.paid + debt.writtenOff).toBe(700);
      const owner = await app.db(holds).findOne({ _id: orderId });
      seen.add(JSON.stringify([line?.held, line?.owed, debt?.status, owner?.state]));
    }
    expect([...seen]).toEqual([JSON.stringify([0, 0, 'cancelled', 'released'])]);
  });
});
