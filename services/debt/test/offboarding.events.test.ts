import { orderConfirmed } from '@souk/contracts';
import { newId } from '@souk/service-kit';
import type { TestService } from '@souk/testing';
import { deleteCompany, holdingsOf, purgeCompanies, startTestService } from '@souk/testing';
import { service } from '../src/service.ts';
import type { Parties } from './debt-world.ts';
import { confirmedOrder, giveLimit, hold, newParties, openCompany } from './debt-world.ts';

let app: TestService;
beforeAll(async () => {
  app = await startTestService(service);
});
afterAll(() => app.stop());

/** A credit line of which a part is held and another is owed. */
async function trade(parties: Parties): Promise<void> {
  await openCompany(app, parties);
  await giveLimit(app, parties, 10_000);
  const orderId = newId();
  await hold(app, parties, { orderId, amount: 4_000 });
  await app.deliver(orderConfirmed, confirmedOrder(parties, { orderId, total: 4_000 }));
}

test('of a deleted company debts stay and credit goes; nothing of another goes', async () => {
  const [gone, left] = [newParties(), newParties()];
  for (const parties of [gone, left]) await trade(parties);
  const all = { debts: 1, credit_lines: 1, holds: 1, companies: 1 };
  expect(await deleteCompany(app, gone.companyId)).toBe('SUCCESS');
  expect(await holdingsOf(app, gone.companyId)).toEqual(all);
  await purgeCompanies(app);
  expect(await holdingsOf(app, gone.companyId)).toEqual({ debts: 1, companies: 1 });
  expect(await holdingsOf(app, left.companyId)).toEqual(all);
});
