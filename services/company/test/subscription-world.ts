import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin, superAdmin } from '@souk/testing';

export const platform = superAdmin();

export async function addCompany(app: TestService): Promise<string> {
  const { body } = await app.request('POST', '/companies', { as: platform, body: { name: `Billed ${newId()}` } });
  return body.id;
}

/** A plan of 30 USD a month without a trial, but for what `fields` say. */
export async function addPlan(app: TestService, fields: object = {}): Promise<string> {
  const price = { amount: 3_000, currency: 'USD' };
  const body = { name: 'Basic', price, billingCycle: 'month', limits: { shops: 2, staff: 5 }, ...fields };
  const answer = await app.request('POST', '/plans', { as: platform, body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

/** Orders as the administrator of the company. */
export const order = (app: TestService, companyId: string, body: object) =>
  app.request('POST', `/companies/${companyId}/subscription`, { as: companyAdmin(companyId), key: newId(), body });

export const subscriptionOf = async (app: TestService, companyId: string) =>
  (await app.request('GET', `/companies/${companyId}/subscription`, { as: companyAdmin(companyId) })).body;

export const invoicesOf = async (app: TestService, companyId: string) =>
  (await app.request('GET', `/companies/${companyId}/invoices`, { as: companyAdmin(companyId) })).body.data;
