import type { Context } from '@souk/service-kit';
import { keepNewest } from '@souk/service-kit';
import type { Standing } from './standing.store.ts';
import { standings } from './standing.store.ts';

export const noteStanding = (ctx: Context, standing: Standing): Promise<boolean> => keepNewest(ctx, standings, standing);

/** All companies that may not write now. */
export async function listSuspended(ctx: Context): Promise<{ companyId: string; reason: string }[]> {
  const found = await ctx.in(standings).find({ isSuspended: true });
  return found.map(({ _id: companyId, reason }) => ({ companyId, reason }));
}
