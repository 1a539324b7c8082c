import type { companyRenewalDue, EventData } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { enter } from '../book/book.ts';
import { newDebt } from '../debt/debt.actions.ts';
import { enterDebt } from '../debt/debt.entries.ts';
import type { Debt } from '../debt/debt.rules.ts';
import { timezoneOf } from './company.actions.ts';

/** A company owes the platform what its subscription was billed at. */
export async function billSubscription(ctx: Context, due: EventData<typeof companyRenewalDue>): Promise<Debt> {
  const { companyId, invoiceId, amount, currency } = due;
  const at = { timezone: await timezoneOf(ctx, companyId), now: ctx.now() };
  const parties = { debtorType: 'company', debtorId: companyId, companyId } as const;
  const debt = newDebt({ ...parties, type: 'subscription', currency, amount, dueAt: new Date(due.dueAt), invoiceId }, at);
  return enter(ctx, { needs: {}, decide: (page) => enterDebt(page, debt, at) });
}
