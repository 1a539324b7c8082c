import { companySettingsUpdated, debtCreditHeld, debtCreditRefused, debtLimitChanged, orderCancelled } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { customer, shopStaff, startTestService, superAdmin } from '@souk/testing';
import { creditLines, holds } from '../src/credit/credit.store.ts';
import { service } from '../src/service.ts';
import { cancelledOrder, giveLimit, hold, lineAndSum, newParties, sharedDatabase } from './debt-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

let app: TestService;
beforeAll(async () => {
  app = await startTestService(service);
});
afterAll(() => app.stop());

describe('limits', () => {
  it('are set by the company and shown to both sides', async () => {
    const parties = newParties();
    const line = await giveLimit(app, parties, 50_000);
    expect(line).toEqual({
      ...{ companyId: parties.companyId, debtorId: parties.customerId, currency: 'USD' },
      ...{ limit: 50_000, held: 0, owed: 0, credit: 0, available: 50_000 },
    });
    for (const as of [parties.admin, parties.buyer, superAdmin()]) {
      const { body } = await app.request('GET', `/debts/limits/${parties.customerId}`, { as });
      expect(body.data).toEqual([line]);
    }
    const stranger = await app.request('GET', `/debts/limits/${parties.customerId}`, { as: newParties().admin });
    expect(stranger.body.data).toEqual([]);
    const other = await app.request('GET', `/debts/limits/${parties.customerId}`, { as: customer() });
    expect(other.body.data).toEqual([]);
  });

  it('are told of when they change, with what they were', async () => {
    const parties = newParties();
    for (const limit of [50_000, 50_000, 20_000]) await giveLimit(app, parties, limit);
    const told = (await app.published(debtLimitChanged)).filter(({ companyid }) => companyid === parties.companyId);
    expect(told.map(({ data, changes }) => [data.customerId, data.currency, data.previousLimit, data.limit, changes])).toEqual([
      [parties.customerId, 'USD', 0, 50_000, [{ field: 'limit', before: 0, after: 50_000 }]],
      [parties.customerId, 'USD', 50_000, 20_000, [{ field: 'limit', before: 50_000, after: 20_000 }]],
    ]);
    expect(told.every(({ actorid }) => actorid === parties.admin.userId)).toBe(true);
  });

  it('are in the company currency unless another is named, which must be known', async () => {
    const { admin, companyId, customerId } = newParties();
    const put = () => app.request('PUT', `/debts/limits/${customerId}`, { as: admin, body: { limit: 5 } });
    expect((await put()).body.code).toBe('debt.currency_needed');
    const { example } = companySettingsUpdated;
    await app.deliver(companySettingsUpdated, { ...example, companyId, settings: { ...example.settings, currency: 'JPY' } });
    expect((await put()).body.currency).toBe('JPY');
  });

  it.each([
    ['a fraction', { limit: 0.5, currency: 'USD' }],
    ['a negative amount', { limit: -1, currency: 'USD' }],
    ['an unknown currency', { limit: 1, currency: 'XYZ' }],
    ['an unknown field', { limit: 1, currency: 'USD', more: 1 }],
    ['nothing', {}],
  ])('refuse %s', async (_name, body) => {
    const { admin, customerId } = newParties();
    expect((await app.request('PUT', `/debts/limits/${customerId}`, { as: admin, body })).status).toBe(422);
  });

  it('are set by nobody else', async () => {
    const { companyId, customerId, buyer } = newParties();
    for (const as of [buyer, shopStaff(companyId, []), superAdmin()])
      expect((await app.request('PUT', `/debts/limits/${customerId}`, { as, body: { limit: 1 } })).status).toBe(403);
  });
});

describe('holds', () => {
  it('set an order aside, tell of it, and answer the same again', async () => {
    const parties = newParties();
    await giveLimit(app, parties, 1_000);
    const orderId = newId();
    const first = await hold(app, parties, { orderId, amount: 600 });
    expect([first.status, first.body]).toEqual([200, { outcome: 'held', holdId: orderId }]);
    expect((await hold(app, parties, { orderId, amount: 600 })).body).toEqual(first.body);
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 600, owed: 0 });
    const facts = (await app.published(debtCreditHeld)).filter(({ subject }) => subject === orderId);
    expect(facts.map(({ data }) => data.amount)).toEqual([600]);
  });

  it('refuse what the line does not bear, and stay refused', async () => {
    const parties = newParties();
    const orderId = newId();
    const refused = { outcome: 'refused', reason: 'no_limit' };
    expect((await hold(app, parties, { orderId, amount: 1 })).body).toEqual(refused);
    await giveLimit(app, parties, 1_000);
    expect((await hold(app, parties, { orderId, amount: 1 })).body).toEqual(refused);
    expect((await hold(app, parties, { orderId: newId(), amount: 1_001 })).body.reason).toBe('limit_exceeded');
    const facts = (await app.published(debtCreditRefused)).filter(({ data }) => data.customerId === parties.customerId);
    expect(facts.map(({ data }) => data.reason)).toEqual(['no_limit', 'limit_exceeded']);
  });

  it('follow the newer revision, and keep the older when the newer is refused', async () => {
    const parties = newParties();
    await giveLimit(app, parties, 1_000);
    const orderId = newId();
    await hold(app, parties, { orderId, amount: 600 });
    expect((await hold(app, parties, { orderId, amount: 1_000, revision: 2 })).body.outcome).toBe('held');
    expect((await hold(app, parties, { orderId, amount: 1_001, revision: 3 })).body.reason).toBe('limit_exceeded');
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 1_000 });
    expect((await hold(app, parties, { orderId, amount: 600, revision: 1 })).body.outcome).toBe('held');
    expect(await app.db(holds).findOne({ _id: orderId })).toMatchObject({ revision: 2, amount: 1_000, state: 'held' });
  });

  it('are refused to an order that was cancelled first', async () => {
    const parties = newParties();
    await giveLimit(app, parties, 1_000);
    const orderId = newId();
    await app.deliver(orderCancelled, cancelledOrder(parties, { orderId, total: 600, confirmed: false }));
    const answer = await hold(app, parties, { orderId, amount: 600 });
    expect([answer.status, answer.body.code]).toEqual([409, 'debt.order_ended']);
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 0 });
  });

  it('never exceed the limit, however many ask at once', async () => {
    const parties = newParties();
    await giveLimit(app, parties, 1_000);
    const orderIds = Array.from({ length: 150 }, () => newId());
    const asked = [...orderIds, ...orderIds].map((orderId) => hold(app, parties, { orderId, amount: 30 }));
    const answers = await Promise.all(asked);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const heldIds = answers.flatMap(({ body }) => (body.outcome === 'held' ? [body.holdId] : []));
    expect([heldIds.length, new Set(heldIds).size]).toEqual([66, 33]);
    expect(await lineAndSum(app, parties)).toMatchObject({ held: 990 });
    expect(await app.db(holds).count({ customerId: parties.customerId, state: 'held' })).toBe(33);
  });

  it('never exceed the limit when two replicas decide', async () => {
    const secrets = { 'mongodb-uri': sharedDatabase() };
    const replicas = [await startTestService(service, { secrets }), await startTestService(service, { secrets })];
    try {
      const parties = newParties();
      await giveLimit(replicas[0]!, parties, 1_000);
      const asked = Array.from({ length: 200 }, (_, index) =>
        hold(replicas[index % 2]!, parties, { orderId: newId(), amount: 30 }),
      );
      const outcomes = (await Promise.all(asked)).map(({ status, body }) => `${status} ${body.outcome ?? body.code}`);
      expect(outcomes.filter((outcome) => outcome === '200 held')).toHaveLength(33);
      expect(outcomes.filter((outcome) => outcome === '200 refused')).toHaveLength(167);
      expect(await lineAndSum(replicas[1]!, parties)).toMatchObject({ held: 990 });
    } finally {
      for (const replica of replicas) await replica.stop();
    }
  });

  it('are asked for by sales only', async () => {
    const parties = newParties();
    const body = {
      orderId: newId(),
      revision: 1,
      companyId: parties.companyId,
      customerId: parties.customerId,
      amount: 1,
      currency: 'USD',
    };
    expect((await app.request('POST', '/debts/holds', { app: 'payment', body })).status).toBe(403);
    expect((await app.request('POST', '/debts/holds', { app: 'gateway', as: parties.admin, body })).status).toBe(404);
    expect((await app.request('POST', '/debts/holds', { app: 'sales', body: { ...body, amount: -1 } })).status).toBe(422);
    expect(await app.db(creditLines).count({ companyId: parties.companyId })).toBe(0);
  });
});
