import { companyResumed, companySuspended } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { companyAdmin } from '@souk/testing';
import { newAddress, startAuth } from './running-auth.ts';

let auth: TestService;

beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const suspended = async () => (await auth.request('GET', '/auth/revocations', { app: 'sales' })).body.suspended;

test('every service is told which companies may not write, whichever word of it comes first, and auth obeys it too', async () => {
  const companyId = newId();
  const at = new Date().toISOString();
  await auth.deliver(companySuspended, { companyId, reason: 'unpaid', at }, { sequence: 2_000 });
  expect(await suspended()).toEqual([{ companyId, reason: 'unpaid' }]);
  await auth.running.runtime.revocations.poll();
  const body = { email: newAddress(), name: 'Ada', role: 'shop_staff' };
  const refused = await auth.request('POST', '/users', { as: companyAdmin(companyId), body });
  expect(refused.body).toMatchObject({ status: 402, code: 'company_suspended', reason: 'unpaid' });
  expect((await auth.request('GET', '/users', { as: companyAdmin(companyId) })).status).toBe(200);
  await auth.deliver(companyResumed, { companyId, at }, { sequence: 3_000 });
  await auth.deliver(companySuspended, { companyId, reason: 'staff', at }, { sequence: 1_000 });
  expect(await suspended()).toEqual([]);
});
