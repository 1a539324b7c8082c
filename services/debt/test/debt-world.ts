import type { EventData } from '@souk/contracts';
import { companyCreated, holdCredit, orderCancelled, orderConfirmed } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { Person, TestService } from '@souk/testing';
import { companyAdmin, customer } from '@souk/testing';
import { creditLines } from '../src/credit/credit.store.ts';
import { debts } from '../src/debt/debt.store.ts';

/** A company and a customer of its own for one test, so that tests share a service and nothing else. */
export interface Parties {
  companyId: string;
  customerId: string;
  admin: Person;
  buyer: Person;
}

export function newParties(): Parties {
  const [companyId, customerId] = [newId(), newId()];
  return { companyId, customerId, admin: companyAdmin(companyId), buyer: customer(customerId) };
}

/** Tells of a company as its service does; the platform enters debts of companies it has heard of. */
export const openCompany = (app: TestService, { companyId }: Parties, timezone = 'UTC') =>
  app.deliver(companyCreated, {
    ...companyCreated.example,
    ...{ companyId, settings: { ...companyCreated.example.settings, timezone } },
  });

/** Gives the customer a limit in USD. */
export async function giveLimit(app: TestService, { admin, customerId }: Parties, limit: number) {
  const body = { limit, currency: 'USD' };
  const answer = await app.request('PUT', `/debts/limits/${customerId}`, { as: admin, body });
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Asks for credit as sales does. */
export async function hold(
  app: TestService,
  { companyId, customerId }: Parties,
  order: { orderId: string; amount: number; revision?: number },
) {
  const { orderId, amount, revision = 1 } = order;
  const body = { orderId, revision, companyId, customerId, amount, currency: 'USD' };
  return app.request(holdCredit.method, holdCredit.path, { app: 'sales', key: newId(), body });
}

export const confirmedOrder = (
  { companyId, customerId }: Parties,
  order: { orderId: string; total: number; confirmedAt?: string },
): EventData<typeof orderConfirmed> => ({ ...orderConfirmed.example, companyId, customerId, ...order, paymentMethod: 'account' });

export const cancelledOrder = (
  { companyId, customerId }: Parties,
  order: { orderId: string; total: number; confirmed: boolean },
): EventData<typeof orderCancelled> => ({ ...orderCancelled.example, companyId, customerId, ...order, paymentMethod: 'account' });

/** The customer's line, and whether it is the sum of what is open. */
export async function lineAndSum(app: TestService, { companyId, customerId }: Parties) {
  const [line] = await app.db(creditLines).find({ companyId, customerId });
  const open = await app.db(debts).find({ companyId, debtorId: customerId });
  const owed = open.reduce((sum, { amount, paid, writtenOff }) => sum + amount - paid - writtenOff, 0);
  expect(line?.owed).toBe(owed);
  return line;
}

/** The address of a database that several replicas may share. */
export function sharedDatabase(): string {
  const [server = '', query = ''] = (process.env.SOUK_TEST_MONGODB ?? '').split('/?');
  return `${server}/t${newId().slice(-10)}?${query}`;
}
