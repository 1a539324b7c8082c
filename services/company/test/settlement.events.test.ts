import {
  companyResumed,
  companySubscriptionChanged,
  companySuspended,
  debtCreated,
  debtOverdue,
  debtPaid,
  debtWrittenOff,
} from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor } from '@souk/testing';
import { companies } from '../src/company/company.store.ts';
import { startCompany } from './running-company.ts';
import { addCompany, addPlan, invoicesOf, order, platform, subscriptionOf } from './subscription-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

const DAY_MS = 24 * 3600 * 1000;

let app: TestService;
let companyId: string;
let invoiceId: string;
const debtId = newId();

beforeEach(async () => {
  app = await startCompany();
  companyId = await addCompany(app);
  await order(app, companyId, { action: 'subscribe', planId: await addPlan(app) });
  const [invoice] = await invoicesOf(app, companyId);
  invoiceId = invoice.id;
});
afterEach(() => app.stop());

const about = () => ({
  ...{ debtId, companyId, debtorId: companyId, debtorType: 'company' as const, type: 'subscription' as const },
  ...{ currency: 'USD', invoiceId, amount: 3_000 },
});
const due = () => ({ ...about(), dueAt: new Date(Date.now() + 7 * DAY_MS).toISOString() });
const overdue = () => envelopeFor(debtOverdue, { ...due(), daysOverdue: 1 });
const paid = () => envelopeFor(debtPaid, { ...about(), paidAt: new Date().toISOString() });
const company = async () => (await app.request('GET', `/companies/${companyId}`, { as: platform })).body;

async function letGracePass() {
  await app.deliverEnvelope(overdue());
  app.advance(22 * DAY_MS);
  await app.runJob('bill-subscriptions');
}

test('an overdue bill makes the company past due, and after the grace read-only, once', async () => {
  await app.deliver(debtCreated, due());
  await app.deliverEnvelope(overdue());
  expect(await subscriptionOf(app, companyId)).toMatchObject({ status: 'past_due', graceEndsAt: expect.any(String) });
  expect(await invoicesOf(app, companyId)).toMatchObject([{ status: 'overdue', debtId }]);
  app.advance(20 * DAY_MS);
  await app.runJob('bill-subscriptions');
  expect(await app.published(companySuspended)).toEqual([]);
  app.advance(2 * DAY_MS);
  await app.runJob('bill-subscriptions');
  await app.runJob('bill-subscriptions');
  const facts = await app.published(companySuspended);
  expect(facts.map(({ data }) => data)).toEqual([{ companyId, reason: 'unpaid', debtId, at: expect.any(String) }]);
  expect(await company()).toMatchObject({ suspendedFor: ['unpaid'], subscription: { status: 'suspended' } });
  const moves = (await app.published(companySubscriptionChanged)).map(({ data }) => data.status);
  expect(moves).toEqual(['active', 'past_due', 'suspended']);
});

test.each([
  ['paid', paid, 'paid'],
  ['given up', () => envelopeFor(debtWrittenOff, { ...about(), reason: 'insolvent', at: new Date().toISOString() }), 'void'],
])('a bill that is %s lets the company write again', async (_name, told, status) => {
  await letGracePass();
  const settled = told();
  await app.deliverAll([settled, settled]);
  expect(await company()).toMatchObject({ suspendedFor: [], subscription: { status: 'active', graceEndsAt: null } });
  expect(await invoicesOf(app, companyId)).toMatchObject([{ status }]);
  expect(await app.published(companyResumed)).toHaveLength(1);
});

const givenUp = () => envelopeFor(debtWrittenOff, { ...about(), reason: 'insolvent', at: new Date().toISOString() });
const changeTo = async (price: number, fields: object = {}) => {
  const planId = await addPlan(app, { price: { amount: price, currency: 'USD' }, ...fields });
  expect((await order(app, companyId, { action: 'change', planId })).status).toBe(200);
};

/** What is in the company's favour, as it is kept. */
const credit = async () => (await app.db(companies).findOne({ _id: companyId }))?.subscription?.credit;

test('of a bill that is given up, nothing stays in favour of the company', async () => {
  await changeTo(0);
  expect(await credit()).toBeGreaterThan(2_990);
  const told = givenUp();
  await app.deliverAll([told, told]);
  expect(await credit()).toBe(0);
});

test('nor comes anything of it in its favour later, until the next period', async () => {
  await app.deliverEnvelope(givenUp());
  await changeTo(0);
  expect(await credit()).toBe(0);
  app.advance(32 * DAY_MS);
  await app.runJob('bill-subscriptions');
  await changeTo(9_000);
  const [invoice] = await invoicesOf(app, companyId);
  await app.deliver(debtPaid, { ...about(), invoiceId: invoice.id, debtId: newId(), paidAt: new Date().toISOString() });
  await changeTo(0);
  expect(await credit()).toBeGreaterThan(8_000);
});

test('what is paid before it is said to be overdue stays paid', async () => {
  await app.deliverAll([paid(), overdue()]);
  expect(await subscriptionOf(app, companyId)).toMatchObject({ status: 'active', graceEndsAt: null });
  expect(await invoicesOf(app, companyId)).toMatchObject([{ status: 'paid' }]);
});

test('two overdue bills that are paid at the same moment leave no company suspended', async () => {
  app.advance(32 * DAY_MS);
  await app.runJob('bill-subscriptions');
  const [second] = await invoicesOf(app, companyId);
  await app.deliverEnvelope(overdue());
  const other = { ...due(), invoiceId: second.id, debtId: newId() };
  await app.deliver(debtOverdue, { ...other, daysOverdue: 1 });
  app.advance(22 * DAY_MS);
  await app.runJob('bill-subscriptions');
  expect(await company()).toMatchObject({ suspendedFor: ['unpaid'] });
  const alsoPaid = envelopeFor(debtPaid, {
    ...about(),
    invoiceId: second.id,
    debtId: other.debtId,
    paidAt: new Date().toISOString(),
  });
  await Promise.all([app.deliverEnvelope(paid()), app.deliverEnvelope(alsoPaid)]);
  expect(await company()).toMatchObject({ suspendedFor: [], subscription: { status: 'active' } });
});

test('debts of others and those entered by hand change nothing', async () => {
  const { invoiceId: _bill, ...byHand } = due();
  await app.deliver(debtOverdue, { ...byHand, daysOverdue: 1 });
  await app.deliver(debtOverdue, { ...due(), type: 'purchase', daysOverdue: 1 });
  await app.deliver(debtOverdue, { ...due(), creditorId: newId(), daysOverdue: 1 });
  await app.deliver(debtOverdue, { ...due(), companyId: newId(), daysOverdue: 1 });
  expect(await subscriptionOf(app, companyId)).toMatchObject({ status: 'active' });
});

describe('by hand', () => {
  const ask = (what: 'suspend' | 'resume', as = platform) => app.request('POST', `/companies/${companyId}/${what}`, { as });

  test('the platform suspends and resumes, each once; an administrator does neither', async () => {
    expect((await ask('suspend', companyAdmin(companyId))).status).toBe(403);
    expect(await ask('suspend')).toMatchObject({ status: 200, body: { suspendedFor: ['staff'] } });
    expect((await ask('suspend')).body.code).toBe('company.already_suspended');
    expect((await app.published(companySuspended)).map(({ data }) => data.reason)).toEqual(['staff']);
    expect(await ask('resume')).toMatchObject({ status: 200, body: { suspendedFor: [] } });
    expect((await ask('resume')).body.code).toBe('company.not_suspended');
    const facts = [...(await app.published(companySuspended)), ...(await app.published(companyResumed))];
    expect(facts.map(({ sequence }) => sequence)).toEqual(facts.map(({ sequence }) => sequence).toSorted((a, b) => a - b));
  });

  test('a payment does not lift what staff have done', async () => {
    await letGracePass();
    await ask('suspend');
    await app.deliverEnvelope(paid());
    expect(await company()).toMatchObject({ suspendedFor: ['staff'], subscription: { status: 'active' } });
    expect(await app.published(companyResumed)).toEqual([]);
  });

  test('a company that has not paid has another grace when it is resumed', async () => {
    await letGracePass();
    expect(await ask('resume')).toMatchObject({ body: { suspendedFor: [], subscription: { status: 'past_due' } } });
    app.advance(15 * DAY_MS);
    await app.runJob('bill-subscriptions');
    expect(await company()).toMatchObject({ suspendedFor: ['unpaid'] });
    expect((await app.published(companySuspended)).map(({ data }) => data.reason)).toEqual(['unpaid', 'unpaid']);
  });
});

test('a company that may not write cancels, and orders no other plan until it has paid', async () => {
  const planId = await addPlan(app);
  await letGracePass();
  await app.suspend(companyId);
  const refused = [await order(app, companyId, { action: 'change', planId }), await order(app, companyId, { action: 'cancel' })];
  expect(refused).toMatchObject([{ status: 402, body: { code: 'company_suspended' } }, { status: 200 }]);
  expect(await subscriptionOf(app, companyId)).toMatchObject({ status: 'cancelled' });
  expect(await order(app, companyId, { action: 'subscribe', planId })).toMatchObject({ status: 402 });
  expect(await company()).toMatchObject({ suspendedFor: ['unpaid'] });
});
