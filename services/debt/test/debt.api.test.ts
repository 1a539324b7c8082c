import {
  companyDeleted,
  companySettingsUpdated,
  debtCreated,
  debtOverdue,
  debtPaid,
  debtPaymentDue,
  debtPaymentRecorded,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { shopManager, startTestService, superAdmin } from '@souk/testing';
import { debts } from '../src/debt/debt.store.ts';
import { service } from '../src/service.ts';
import type { Parties } from './debt-world.ts';
import { giveLimit, hold, lineAndSum, newParties, openCompany } from './debt-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

const DAY_MS = 24 * 3600 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

let app: TestService;
beforeEach(async () => {
  app = await startTestService(service);
});
afterEach(() => app.stop());

const bodyFor = (customerId: string, changes = {}) => ({
  ...{ debtorId: customerId, type: 'loan', amount: 10_000, currency: 'USD', dueAt: inDays(30) },
  ...changes,
});

async function addDebt({ admin, customerId }: Parties, changes = {}) {
  const answer = await app.request('POST', '/debts', { as: admin, key: newId(), body: bodyFor(customerId, changes) });
  expect(answer.status).toBe(201);
  return answer.body;
}

const pay = (as: Person, id: string, body: object, key = newId()) =>
  app.request('POST', `/debts/${id}/payment`, { as, key, body });

describe('debts', () => {
  it('are entered once for a key, told of, and weigh on the line', async () => {
    const parties = newParties();
    const post = () =>
      app.request('POST', '/debts', {
        as: parties.admin,
        key: 'once',
        body: { ...bodyFor(parties.customerId), dueAt: '2030-01-01T00:00:00.000Z' },
      });
    const first = await post();
    expect([first.status, first.headers.location]).toEqual([201, `/api/debts/${first.body.id}`]);
    expect(first.body).toMatchObject({
      status: 'pending',
      remaining: 10_000,
      debtorType: 'customer',
      creditorId: parties.companyId,
    });
    expect((await post()).body).toEqual(first.body);
    expect(await lineAndSum(app, parties)).toMatchObject({ owed: 10_000 });
    expect((await app.published(debtCreated)).map(({ data }) => data.debtId)).toEqual([first.body.id]);
  });

  it('are seen by both sides and the platform, and by nobody else', async () => {
    const parties = newParties();
    const { id } = await addDebt(parties);
    const seen = async (as: Person) => {
      const one = await app.request('GET', `/debts/${id}`, { as });
      const payments = await app.request('GET', `/debts/${id}/payments`, { as });
      const list = await app.request('GET', '/debts', { as });
      return [one.status, payments.status, list.body.data?.length];
    };
    for (const as of [parties.admin, parties.buyer, superAdmin()]) expect(await seen(as)).toEqual([200, 200, 1]);
    for (const as of [newParties().admin, newParties().buyer]) expect(await seen(as)).toEqual([404, 404, 0]);
    expect(await seen(shopManager(parties.companyId, []))).toEqual([403, 403, undefined]);
    const ofCompany = (as: Person) => app.request('GET', `/debts/company/${parties.companyId}`, { as });
    expect((await ofCompany(parties.admin)).body.data).toHaveLength(1);
    expect((await ofCompany(superAdmin())).body.data).toHaveLength(1);
    expect((await ofCompany(newParties().admin)).status).toBe(404);
    expect((await ofCompany(parties.buyer)).status).toBe(403);
    expect((await app.request('GET', '/debts')).status).toBe(401);
  });

  it('are filtered by status and debtor', async () => {
    const parties = newParties();
    const paid = await addDebt(parties);
    await addDebt({ ...parties, customerId: newId() });
    await pay(parties.admin, paid.id, { amount: 10_000 });
    const list = async (query: string) => (await app.request('GET', `/debts?${query}`, { as: parties.admin })).body.data;
    expect(await list('status=paid')).toHaveLength(1);
    expect(await list(`debtorId=${parties.customerId}`)).toHaveLength(1);
    expect(await list(`status=paid&debtorId=${newId()}`)).toEqual([]);
    expect((await app.request('GET', '/debts?status=gone', { as: parties.admin })).status).toBe(422);
  });

  it('of companies are the platform to enter, and to record the payment of', async () => {
    const parties = newParties();
    const body = bodyFor(parties.companyId, { debtorType: 'company', type: 'subscription' });
    const byCompany = await app.request('POST', '/debts', { as: parties.admin, key: newId(), body });
    expect([byCompany.status, byCompany.body.code]).toEqual([403, 'debt.only_customers']);
    await openCompany(app, parties);
    const { body: debt } = await app.request('POST', '/debts', { as: superAdmin(), key: newId(), body });
    expect(debt).toMatchObject({ debtorId: parties.companyId, companyId: parties.companyId });
    expect(debt).not.toHaveProperty('creditorId');
    expect((await pay(parties.admin, debt.id, { amount: 1 })).body.code).toBe('debt.not_creditor');
    expect((await pay(superAdmin(), debt.id, { amount: 10_000 })).status).toBe(201);
  });

  it('need a company when the platform enters them for a customer', async () => {
    const parties = newParties();
    const { companyId, customerId } = parties;
    const post = (changes: object) =>
      app.request('POST', '/debts', { as: superAdmin(), key: newId(), body: bodyFor(customerId, changes) });
    const codeOf = async (changes: object) => {
      const { status, body } = await post(changes);
      return [status, body.errors?.[0]?.path, body.errors?.[0]?.code];
    };
    expect(await codeOf({})).toEqual([422, 'companyId', 'required']);
    expect(await codeOf({ companyId })).toEqual([422, 'body.companyId', 'unknown_company']);
    expect(await codeOf({ debtorType: 'company', debtorId: companyId })).toEqual([422, 'body.debtorId', 'unknown_company']);
    await openCompany(app, parties);
    expect((await post({ companyId })).body).toMatchObject({ companyId, creditorId: companyId });
    await app.deliver(companyDeleted, { ...companyDeleted.example, companyId }, { sequence: 9_000_000 });
    expect(await codeOf({ companyId })).toEqual([422, 'body.companyId', 'unknown_company']);
  });

  it.each([
    ['no amount', { amount: undefined }],
    ['nothing', { amount: 0 }],
    ['a fraction', { amount: 0.1 }],
    ['an unknown currency', { currency: 'XYZ' }],
    ['a day that is none', { dueAt: 'soon' }],
    ['an unknown field', { more: 1 }],
  ])('are refused with %s', async (_name, changes) => {
    const { admin, customerId } = newParties();
    const answer = await app.request('POST', '/debts', { as: admin, key: newId(), body: bodyFor(customerId, changes) });
    expect(answer.status).toBe(422);
    expect(await app.db(debts).count({})).toBe(0);
  });
});

describe('payments', () => {
  it('are recorded until nothing remains, which frees the credit', async () => {
    const parties = newParties();
    const { id } = await addDebt(parties);
    const first = await pay(parties.admin, id, { amount: 4_000, method: 'bank_transfer', reference: 'INV 7' });
    expect([first.status, first.headers.location]).toEqual([201, `/api/debts/${id}/payments`]);
    expect((await app.request('GET', `/debts/${id}`, { as: parties.buyer })).body).toMatchObject({
      status: 'partial',
      remaining: 6_000,
    });
    expect(await lineAndSum(app, parties)).toMatchObject({ owed: 6_000 });
    await pay(parties.admin, id, { amount: 6_000 });
    expect((await app.request('GET', `/debts/${id}`, { as: parties.admin })).body).toMatchObject({
      status: 'paid',
      remaining: 0,
    });
    const { body } = await app.request('GET', `/debts/${id}/payments`, { as: parties.buyer });
    expect(body.data.map((payment: { amount: number }) => payment.amount)).toEqual([6_000, 4_000]);
    expect((await app.published(debtPaymentRecorded)).map(({ data }) => data.remaining)).toEqual([6_000, 0]);
    expect((await app.published(debtPaid)).map(({ data }) => data.amount)).toEqual([10_000]);
  });

  it('are never more than is owed, however many come at once', async () => {
    const parties = newParties();
    const { id } = await addDebt(parties);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(parties.admin, id, { amount: 3_000 })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(3).fill(201), ...Array(17).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'debt.above_remaining', remaining: 1_000 });
    expect(await lineAndSum(app, parties)).toMatchObject({ owed: 1_000 });
  });

  it('are recorded once for a key, which is required', async () => {
    const parties = newParties();
    const { id } = await addDebt(parties);
    const [first, second] = [
      await pay(parties.admin, id, { amount: 1 }, 'one'),
      await pay(parties.admin, id, { amount: 1 }, 'one'),
    ];
    expect(second.body).toEqual(first.body);
    expect((await pay(parties.admin, id, { amount: 2 }, 'one')).body.code).toBe('idempotency_key_reused');
    expect((await app.request('POST', `/debts/${id}/payment`, { as: parties.admin, body: { amount: 1 } })).status).toBe(400);
    expect(await lineAndSum(app, parties)).toMatchObject({ owed: 9_999 });
  });

  it('are recorded by the creditor only', async () => {
    const parties = newParties();
    const { id } = await addDebt(parties);
    expect((await pay(parties.buyer, id, { amount: 1 })).status).toBe(403);
    expect((await pay(newParties().admin, id, { amount: 1 })).status).toBe(404);
    for (const body of [{}, { amount: 0 }, { amount: -5 }, { amount: '5' }, { amount: 5, method: 'gold' }])
      expect((await pay(parties.admin, id, body)).status).toBe(422);
  });
});

describe('the daily run', () => {
  it('reminds three days before and marks overdue when the day has ended where the company is, each once', async () => {
    const parties = newParties();
    const { example } = companySettingsUpdated;
    const settings = { ...example.settings, timezone: 'Pacific/Kiritimati' };
    await app.deliver(companySettingsUpdated, { ...example, companyId: parties.companyId, settings });
    await giveLimit(app, parties, 100_000);
    const { id } = await addDebt(parties, { dueAt: inDays(10) });
    const run = async () => {
      await app.runJob('take-due-steps');
      const reminders = await app.published(debtPaymentDue);
      const overdue = await app.published(debtOverdue);
      return [reminders.length, overdue.length];
    };
    const advanceTo = async (at: Date | undefined, before = 0) => {
      if (!at) throw new Error('nothing is to come');
      const now = app.running.runtime.now().getTime();
      app.advance(at.getTime() - now - before);
    };
    const nextStepAt = async () => (await app.db(debts).findOne({ _id: id }))?.nextStepAt;
    const reminder = await nextStepAt();
    await advanceTo(reminder, 60_000);
    expect(await run()).toEqual([0, 0]);
    await advanceTo(reminder);
    expect(await run()).toEqual([1, 0]);
    expect(await run()).toEqual([1, 0]);
    const end = await nextStepAt();
    // Midnight on Kiritimati is 10 in the morning of the day before in UTC.
    expect(end?.toISOString()).toMatch(/T10:00:00\.000Z$/);
    await advanceTo(end, 60_000);
    expect(await run()).toEqual([1, 0]);
    await advanceTo(end);
    expect(await run()).toEqual([1, 1]);
    expect(await run()).toEqual([1, 1]);
    const [fact] = await app.published(debtOverdue);
    expect(fact?.data).toMatchObject({ debtId: id, amount: 10_000, daysOverdue: 1 });
    const { body } = await app.request('GET', '/debts/overdue', { as: parties.admin });
    expect(body.data).toEqual([expect.objectContaining({ id, status: 'overdue' })]);
    expect((await hold(app, parties, { orderId: newId(), amount: 1 })).body.reason).toBe('overdue');
    await pay(parties.admin, id, { amount: 10_000 });
    expect((await hold(app, parties, { orderId: newId(), amount: 1 })).body.outcome).toBe('held');
  });

  it('names the day as it is where the company is', async () => {
    const parties = newParties();
    await openCompany(app, parties, 'America/New_York');
    // The evening before in New York.
    await addDebt(parties, { dueAt: '2030-12-02T03:00:00.000Z' });
    expect((await app.published(debtCreated)).map(({ data }) => data.dueDay)).toEqual(['2030-12-01']);
    app.advance(Date.parse('2030-12-03T12:00:00.000Z') - app.running.runtime.now().getTime());
    await app.runJob('take-due-steps');
    expect((await app.published(debtOverdue)).map(({ data }) => data.dueDay)).toEqual(['2030-12-01']);
  });

  it('reminds nobody of debts of a company that was deleted', async () => {
    const [gone, other] = [newParties(), newParties()];
    for (const parties of [gone, other]) {
      await openCompany(app, parties);
      await addDebt(parties, { dueAt: inDays(10) });
    }
    await app.deliver(companyDeleted, { ...companyDeleted.example, companyId: gone.companyId });
    app.advance(8 * DAY_MS);
    await app.runJob('take-due-steps');
    expect((await app.published(debtPaymentDue)).map(({ data }) => data.companyId)).toEqual([other.companyId]);
  });

  it('leaves alone what was paid in time', async () => {
    const parties = newParties();
    const { id } = await addDebt(parties, { dueAt: inDays(10) });
    await pay(parties.admin, id, { amount: 10_000 });
    app.advance(40 * DAY_MS);
    await app.runJob('take-due-steps');
    expect(await app.published(debtOverdue)).toEqual([]);
    expect(await app.published(debtPaymentDue)).toEqual([]);
  });
});
