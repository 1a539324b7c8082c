import type { Context } from '@souk/service-kit';
import { keepNewest } from '@souk/service-kit';
import { rounds } from '../user/round.store.ts';
import type { Standing } from './standing.store.ts';
import { standings } from './standing.store.ts';

export const noteStanding = (ctx: Context, standing: Standing): Promise<boolean> => keepNewest(ctx, standings, standing);

/** All companies that may not write now; one that was deleted until the last token of its people is revoked. */
export async function listSuspended(ctx: Context): Promise<{ companyId: string; reason: string }[]> {
  const found = await ctx.in(standings).find({ isSuspended: true });
  const closing = await ctx.in(rounds).find({ kind: 'company_closed' });
  return [
    ...found.map(({ _id: companyId, reason }) => ({ companyId, reason })),
    ...closing.map(({ aboutId: companyId }) => ({ companyId, reason: 'deleted' })),
  ];
}
