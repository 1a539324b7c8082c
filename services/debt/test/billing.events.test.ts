import { companyRenewalDue, debtCreated, debtOverdue, debtPaid } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, envelopeFor, startTestService, superAdmin } from '@souk/testing';
import { service } from '../src/service.ts';
import type { Parties } from './debt-world.ts';
import { newParties, openCompany } from './debt-world.ts';

/** Two cores may be shared with everything else. */
jest.setTimeout(60_000);

const DAY_MS = 24 * 3600 * 1000;

let app: TestService;
let parties: Parties;
beforeEach(async () => {
  app = await startTestService(service);
  parties = newParties();
  await openCompany(app, parties);
});
afterEach(() => app.stop());

function billOf(amount: number) {
  const dueAt = new Date(Date.now() + 7 * DAY_MS).toISOString();
  return { ...companyRenewalDue.example, companyId: parties.companyId, invoiceId: newId(), amount, dueAt };
}

const debtsOf = async ({ admin }: Parties) => (await app.request('GET', '/debts', { as: admin })).body.data;

test('a bill becomes one debt of the company to the platform, however often it is told', async () => {
  const bill = billOf(4_900);
  const told = envelopeFor(companyRenewalDue, bill);
  expect(await app.deliverAll([told, told])).toEqual(['SUCCESS', 'SUCCESS']);
  expect(await app.deliverEnvelope(told)).toBe('SUCCESS');
  const found = await debtsOf(parties);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    ...{ debtorType: 'company', debtorId: parties.companyId, companyId: parties.companyId, type: 'subscription' },
    ...{ amount: 4_900, currency: 'USD', remaining: 4_900, status: 'pending', invoiceId: bill.invoiceId, dueAt: bill.dueAt },
  });
  expect(found[0]).not.toHaveProperty('creditorId');
  const [created, ...others] = await app.published(debtCreated);
  expect(others).toEqual([]);
  expect(created?.data).toMatchObject({ type: 'subscription', invoiceId: bill.invoiceId, amount: 4_900 });
});

test('it is overdue after its day, and paid to the platform only; both facts name the bill', async () => {
  const bill = billOf(4_900);
  await app.deliver(companyRenewalDue, bill);
  app.advance(9 * DAY_MS);
  await app.runJob('take-due-steps');
  const [overdue] = await app.published(debtOverdue);
  expect(overdue?.data).toMatchObject({ invoiceId: bill.invoiceId, companyId: parties.companyId, amount: 4_900 });
  const [debt] = await debtsOf(parties);
  const path = `/debts/${debt.id}/payment`;
  const body = { amount: 4_900 };
  expect((await app.request('POST', path, { as: parties.admin, key: newId(), body })).status).toBe(403);
  expect((await app.request('POST', path, { as: companyAdmin(newId()), key: newId(), body })).status).toBe(404);
  expect((await app.request('POST', path, { as: superAdmin(), key: newId(), body })).status).toBe(201);
  const [paid] = await app.published(debtPaid);
  expect(paid?.data).toMatchObject({ invoiceId: bill.invoiceId, type: 'subscription', amount: 4_900 });
});
