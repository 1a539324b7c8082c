import { companyRenewalDue, companySubscriptionChanged } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, customer, shopManager } from '@souk/testing';
import { plans } from '../src/plan/plan.store.ts';
import { startCompany } from './running-company.ts';
import { addCompany, addPlan, invoicesOf, order, platform, subscriptionOf } from './subscription-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

const DAY_MS = 24 * 3600 * 1000;

let app: TestService;
let companyId: string;
let planId: string;
beforeEach(async () => {
  app = await startCompany();
  companyId = await addCompany(app);
  planId = await addPlan(app);
});
afterEach(() => app.stop());

const changesOf = async () => (await app.published(companySubscriptionChanged)).filter(({ subject }) => subject === companyId);
const billsOf = async () => (await app.published(companyRenewalDue)).filter(({ subject }) => subject === companyId);

describe('subscribing', () => {
  test('answers 201, bills the first period and tells the limits', async () => {
    const answer = await order(app, companyId, { action: 'subscribe', planId });
    expect(answer).toMatchObject({ status: 201, body: { planId, status: 'active', credit: { amount: 0, currency: 'USD' } } });
    expect(answer.headers.location).toBe(`/api/companies/${companyId}/subscription`);
    const [invoice, ...others] = await invoicesOf(app, companyId);
    expect(others).toEqual([]);
    expect(invoice).toMatchObject({ total: 3_000, currency: 'USD', status: 'open', lines: [{ kind: 'period', amount: 3_000 }] });
    expect((await changesOf()).map(({ data }) => data)).toEqual([
      expect.objectContaining({ planId, status: 'active', limits: { shops: 2, staff: 5 }, features: [] }),
    ]);
    const [bill] = await billsOf();
    expect(bill?.data).toMatchObject({ invoiceId: invoice.id, amount: 3_000, currency: 'USD' });
    expect(companyRenewalDue.schema.parse(bill?.data)).toEqual(bill?.data);
  });

  test('once under one key, and by one of several who ask at once', async () => {
    const ask = (key: string) =>
      app.request('POST', `/companies/${companyId}/subscription`, {
        ...{ as: companyAdmin(companyId), key, body: { action: 'subscribe', planId } },
      });
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(newId())));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    expect(await billsOf()).toHaveLength(1);
    expect((await app.request('POST', `/companies/${companyId}/subscription`, { as: platform, body: {} })).status).toBe(400);
  });

  test('is refused for a plan that is archived or not there, and seen by the company and the platform only', async () => {
    await app.request('PATCH', `/plans/${planId}`, { as: platform, body: { isArchived: true } });
    expect(await order(app, companyId, { action: 'subscribe', planId })).toMatchObject({
      ...{ status: 409, body: { code: 'company.plan_archived' } },
    });
    expect((await order(app, companyId, { action: 'subscribe', planId: newId() })).status).toBe(422);
    expect((await order(app, companyId, { action: 'change', planId })).body.code).toBe('company.not_subscribed');
    const path = `/companies/${companyId}/subscription`;
    expect((await app.request('GET', path, { as: companyAdmin(companyId) })).status).toBe(404);
    expect((await app.request('GET', path, { as: companyAdmin(newId()) })).status).toBe(404);
    for (const as of [customer(), shopManager(companyId, [])]) expect((await app.request('GET', path, { as })).status).toBe(403);
    expect((await app.request('GET', `/companies/${companyId}/invoices`, { as: companyAdmin(newId()) })).status).toBe(404);
  });
});

test('a change of plan bills the difference of the rest and tells the new limits', async () => {
  await order(app, companyId, { action: 'subscribe', planId });
  const large = await addPlan(app, { name: 'Large', price: { amount: 9_000, currency: 'USD' }, limits: {} });
  const answer = await order(app, companyId, { action: 'change', planId: large });
  expect(answer).toMatchObject({ status: 200, body: { planId: large } });
  const [second, first] = await invoicesOf(app, companyId);
  expect(first).toMatchObject({ total: 3_000 });
  // Within the seconds that a test takes nothing is used up: the rest is nearly all of both prices.
  expect(second.total).toBeGreaterThan(5_990);
  expect(second.total).toBeLessThanOrEqual(6_000);
  expect(second.lines).toMatchObject([{ kind: 'proration_credit' }, { kind: 'proration_charge' }]);
  expect((await changesOf()).at(-1)?.data).toMatchObject({ planId: large, limits: {}, previousStatus: 'active' });
  expect((await order(app, companyId, { action: 'change', planId: large })).body.code).toBe('company.same_plan');
});

test('a cancelled one runs to the end of its period and is then over', async () => {
  await order(app, companyId, { action: 'subscribe', planId });
  const answer = await order(app, companyId, { action: 'cancel' });
  expect(answer).toMatchObject({ status: 200, body: { status: 'active', cancelsAt: expect.any(String) } });
  app.advance(32 * DAY_MS);
  await app.runJob('bill-subscriptions');
  expect(await subscriptionOf(app, companyId)).toMatchObject({ status: 'cancelled' });
  expect(await billsOf()).toHaveLength(1);
  expect((await order(app, companyId, { action: 'subscribe', planId })).status).toBe(201);
  expect((await order(app, companyId, { action: 'cancel', at: 'now' })).body).toMatchObject({ status: 'cancelled' });
});

test('the job bills each period once, and catches up after a pause', async () => {
  await order(app, companyId, { action: 'subscribe', planId });
  await app.runJob('bill-subscriptions');
  expect(await billsOf()).toHaveLength(1);
  app.advance(95 * DAY_MS);
  await app.runJob('bill-subscriptions');
  await app.runJob('bill-subscriptions');
  const bills = await billsOf();
  expect(bills).toHaveLength(4);
  for (const [index, { data }] of bills.entries()) if (index > 0) expect(data.periodStart).toBe(bills[index - 1]?.data.periodEnd);
  expect(new Set((await invoicesOf(app, companyId)).map(({ number }) => number)).size).toBe(4);
});

test('a trial costs nothing until it ends; a plan for nothing is never billed', async () => {
  const trial = await addPlan(app, { trialDays: 14 });
  expect((await order(app, companyId, { action: 'subscribe', planId: trial })).body).toMatchObject({ status: 'trialing' });
  const other = await addCompany(app);
  const free = await addPlan(app, { price: { amount: 0, currency: 'USD' } });
  await order(app, other, { action: 'subscribe', planId: free });
  expect(await billsOf()).toEqual([]);
  app.advance(15 * DAY_MS);
  await app.runJob('bill-subscriptions');
  expect(await subscriptionOf(app, companyId)).toMatchObject({ status: 'active' });
  expect(await billsOf()).toHaveLength(1);
  app.advance(31 * DAY_MS);
  await app.runJob('bill-subscriptions');
  expect(await invoicesOf(app, other)).toEqual([]);
  expect(await subscriptionOf(app, other)).toMatchObject({ status: 'active' });
});

test('numbers have no gaps over all companies, whatever is refused in between', async () => {
  const others = await Promise.all(Array.from({ length: 6 }, () => addCompany(app)));
  await Promise.all([...others, ...others].map((id) => order(app, id, { action: 'subscribe', planId })));
  const found = await Promise.all(others.map((id) => invoicesOf(app, id)));
  const numbers = found.flatMap((invoices) => invoices.map(({ number }) => Number(String(number).slice(-6))));
  expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
});

describe('the plan that all begin on', () => {
  test('is that of a company that is added, with its limits, and archived is not offered to others', async () => {
    const startingId = newId();
    const seller = await startCompany({ STARTING_PLAN_ID: startingId });
    try {
      const free = await addPlan(seller, { price: { amount: 0, currency: 'USD' } });
      const [plan] = await seller.db(plans).find({ _id: free });
      if (plan) await seller.db(plans).insertOne({ ...plan, _id: startingId, isArchived: true });
      const added = await addCompany(seller);
      expect(await subscriptionOf(seller, added)).toMatchObject({ planId: startingId, status: 'active' });
      const told = (await seller.published(companySubscriptionChanged)).filter(({ subject }) => subject === added);
      expect(told.map(({ data }) => data.limits)).toEqual([{ shops: 2, staff: 5 }]);
      expect(await invoicesOf(seller, added)).toEqual([]);
      expect((await order(seller, added, { action: 'change', planId: free })).status).toBe(200);
    } finally {
      await seller.stop();
    }
  });

  test('is none where the platform names none: the company is not subscribed', async () => {
    expect((await app.request('GET', `/companies/${companyId}/subscription`, { as: platform })).status).toBe(404);
    expect(await changesOf()).toEqual([]);
  });
});
