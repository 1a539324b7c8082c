import { paymentRefunded } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { customer } from '@souk/testing';
import { companyAdmin, eventually, shopManager, shopStaff, superAdmin } from '@souk/testing';
import type { Till } from './sandbox.ts';
import { authorised, captured, factsOf, ledgerOf, paymentOf, startTill } from './sandbox.ts';

/** Everything here waits on states, which take longer on a machine that is busy. */
jest.setTimeout(30_000);

let till: Till;
beforeAll(async () => {
  till = await startTill();
});
afterAll(() => till.stop());

describe('POST /payments/:id/refund', () => {
  const refund = (paymentId: string, about: { as: ReturnType<typeof customer>; body: object; key?: string }) =>
    till.shop.request('POST', `/payments/${paymentId}/refund`, { key: newId(), ...about });

  it('gives back in parts until nothing is left', async () => {
    const { order, paymentId } = await captured(till);
    const as = shopManager(order.companyId, [order.shopId]);
    const part = await refund(paymentId, { as, body: { amount: 1_500, reason: 'a scratch' } });
    expect([part.status, part.body.status, part.body.amount]).toEqual([201, 'done', 1_500]);
    expect((await paymentOf(till, order)).status).toBe('partially_refunded');
    expect((await refund(paymentId, { as, body: { amount: 3_501, reason: 'more' } })).body).toMatchObject({
      code: 'payment.refund_exceeds_captured',
      refundable: 3_500,
    });
    expect((await refund(paymentId, { as, body: { reason: 'the rest' } })).body.amount).toBe(3_500);
    expect((await refund(paymentId, { as, body: { reason: 'again' } })).status).toBe(409);
    const facts = await factsOf(till, paymentRefunded, order);
    expect(facts.map(({ refundAmount, refundedTotal, reason }) => [refundAmount, refundedTotal, reason])).toEqual([
      [1_500, 1_500, 'staff'],
      [3_500, 5_000, 'staff'],
    ]);
    expect(await ledgerOf(till, order)).toMatchObject({ balanced: true });
  });

  it('never gives back more than was captured to twenty who ask at once', async () => {
    const { order, paymentId } = await captured(till);
    const as = companyAdmin(order.companyId);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refund(paymentId, { as, body: { amount: 600, reason: 'race' } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(8);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(12);
    await eventually(async () => expect((await paymentOf(till, order)).refundedAmount).toBe(4_800));
    const { intent } = await paymentOf(till, order);
    expect((await till.sandbox('GET', `/intents/${intent?.id}`)).body.refundedAmount).toBe(4_800);
  });

  it('answers a repeat whose first answer was not kept with the refund it made', async () => {
    const { order, paymentId } = await captured(till);
    const wanted = { as: companyAdmin(order.companyId), key: newId(), body: { reason: 'all of it' } };
    const first = await refund(paymentId, wanted);
    // As after a crash between the commit and the answer.
    await eventually(async () => {
      await till.shop.running.runtime.database.driver.collection('answers').remove({}, true);
      expect((await refund(paymentId, wanted)).headers['idempotent-replayed']).toBeUndefined();
    });
    await till.shop.running.runtime.database.driver.collection('answers').remove({}, true);
    const second = await refund(paymentId, wanted);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await paymentOf(till, order)).refunds).toHaveLength(1);
  });

  it('refunds once although the reply was lost', async () => {
    const { order, paymentId } = await captured(till);
    await till.sandbox('PUT', '/switches', { loseReplies: 1 });
    const answer = await refund(paymentId, { as: companyAdmin(order.companyId), body: { amount: 2_000, reason: 'late' } });
    expect([answer.status, answer.body.status]).toEqual([201, 'pending']);
    till.advance(5_000);
    await eventually(async () => expect((await paymentOf(till, order)).refunds[0]?.status).toBe('done'));
    const { intent } = await paymentOf(till, order);
    expect((await till.sandbox('GET', `/intents/${intent?.id}/refunds`)).body.data).toHaveLength(1);
    expect(await factsOf(till, paymentRefunded, order)).toHaveLength(1);
  });

  it('does not refund again what the gateway made when its keys are long forgotten', async () => {
    const { order, paymentId } = await captured(till);
    await till.sandbox('PUT', '/switches', { loseReplies: 1 });
    await refund(paymentId, { as: companyAdmin(order.companyId), body: { amount: 2_000, reason: 'late' } });
    till.advance(25 * 3_600_000);
    await eventually(async () => expect((await paymentOf(till, order)).refunds[0]?.status).toBe('done'));
    const { intent } = await paymentOf(till, order);
    expect((await till.sandbox('GET', `/intents/${intent?.id}`)).body.refundedAmount).toBe(2_000);
  });

  it('refuses what is not captured, wrong roles, other tenants and bad bodies', async () => {
    const { order, paymentId } = await authorised(till);
    const as = companyAdmin(order.companyId);
    const body = { reason: 'why' };
    expect((await refund(paymentId, { as, body })).body.code).toBe('payment.not_captured');
    for (const wrong of [order.buyer, shopStaff(order.companyId, [order.shopId]), superAdmin()]) {
      expect((await refund(paymentId, { as: wrong, body })).status).toBe(403);
    }
    expect((await refund(paymentId, { as: companyAdmin(newId()), body })).status).toBe(404);
    expect((await refund(paymentId, { as: shopManager(order.companyId, [newId()]), body })).status).toBe(404);
    expect((await refund(paymentId, { as, body: { ...body, amount: -1 } })).status).toBe(422);
    expect((await refund(paymentId, { as, body: {} })).status).toBe(422);
  });
});
