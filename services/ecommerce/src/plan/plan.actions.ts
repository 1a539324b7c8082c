import type { Context, Tx } from '@souk/service-kit';
import { keepNewest, system } from '@souk/service-kit';
import { planLimitReached } from '../errors.ts';
import { products } from '../product/product.store.ts';
import type { PlanLimit } from './plan.store.ts';
import { planLimits } from './plan.store.ts';

/** Keeps what the plan of a company allows now. */
export const notePlan = (ctx: Context, limit: PlanLimit): Promise<boolean> => keepNewest(ctx, planLimits, limit);

/**
 * Throws planLimitReached when the plan of a company allows no more products; what there is above a plan it changed to stays.
 * Two additions at the same time take turns, where there is a limit.
 */
export async function refuseBeyondPlan(tx: Tx, companyId: string): Promise<void> {
  const platform = tx.as(system('what the plan of a company allows'));
  const limited = { _id: companyId, most: { $exists: true } };
  const { most } = (await platform.in(planLimits).findOneAndUpdate(limited, { $inc: { turns: 1 } })) ?? {};
  if (most === undefined) return;
  const count = await platform.in(products).count({ companyId }, most + 1);
  if (count >= most) throw planLimitReached(`The plan allows ${most} products`, { limit: 'products', max: most });
}
