import { getCompanyState } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { invalid } from '@souk/service-kit';
import { companyGone } from '../errors.ts';

/**
 * Asks for a company that the platform's staff named, before anything is made for it: whoever belongs to one has it in their token. Throws
 * company_gone, and 422 for a company that never was.
 */
export async function meetCompany(ctx: Context, companyId: string): Promise<void> {
  if (ctx.scope.kind !== 'system') return;
  const { state } = await ctx.invoke(getCompanyState, { params: { id: companyId } });
  if (state === 'deleted') throw companyGone();
  if (state === 'unknown') throw unknownCompany();
}

function unknownCompany() {
  const message = 'no company with this id';
  return invalid('There is no such company', { errors: [{ path: 'body.companyId', code: 'unknown_company', message }] });
}
