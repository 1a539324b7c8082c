import { getCompanyState } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { companyNamed, invalid, system } from '@souk/service-kit';
import { companies } from './company/company.store.ts';

/** The company a caller makes something for. Throws as `companyNamed` does, and 422 when a super admin names one that is not there. */
export async function companyOf(ctx: Context, named: string | undefined): Promise<string> {
  const companyId = companyNamed(ctx, named);
  if (ctx.scope.kind === 'system') await meetCompany(companyId, ctx);
  return companyId;
}

/** Asks for a company whose first fact has not arrived yet. */
async function meetCompany(companyId: string, ctx: Context): Promise<void> {
  const known = await ctx.as(system('which companies there are')).in(companies).findOne({ _id: companyId });
  if (known) return;
  const { state } = await ctx.invoke(getCompanyState, { params: { id: companyId } });
  if (state === 'deleted' || state === 'unknown') throw unknownCompany();
}

const unknownCompany = () =>
  invalid('There is no such company', {
    errors: [{ path: 'body.companyId', code: 'unknown_company', message: 'no company with this id' }],
  });
