import type { Context, Tx } from '@souk/service-kit';
import { keepNewest, system } from '@souk/service-kit';
import { planLimitReached } from '../errors.ts';
import { users } from '../user/user.store.ts';
import type { PlanLimit } from './plan.store.ts';
import { planLimits } from './plan.store.ts';

/** Keeps what the plan of a company allows now. */
export const notePlan = (ctx: Context, limit: PlanLimit): Promise<boolean> => keepNewest(ctx, planLimits, limit);

/**
 * Throws planLimitReached when the plan of a company allows no more staff; what there is above a plan it changed to stays.
 * To be called after the company's turn was taken, which keeps two additions from passing at the same time.
 */
export async function refuseBeyondPlan(tx: Tx, companyId: string): Promise<void> {
  const platform = tx.as(system('what the plan of a company allows'));
  const { most } = (await platform.in(planLimits).findOne({ _id: companyId })) ?? {};
  if (most === undefined) return;
  const count = await platform.in(users).count({ companyId, isActive: true }, most + 1);
  if (count >= most) throw planLimitReached(`The plan allows ${most} staff`, { limit: 'staff', max: most });
}
