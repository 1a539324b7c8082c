import { getOrderState } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { DomainError } from '@souk/service-kit';
import { config } from '../config.ts';
import type { Hold } from '../stock/model.rules.ts';
import { allocateOrder, extendHold, releaseOrder } from './hold.actions.ts';
import { holds } from './hold.store.ts';

const MOST_AT_ONCE = 200;
const SIDE_BY_SIDE = 10;

/**
 * Asks sales about reservations whose end is long past, because sales decides and its word may have been lost. An order that sales
 * cannot be asked about now is asked about at the next run.
 */
export async function settleOverdueHolds(ctx: Context): Promise<void> {
  const { HOLD_GRACE_SECONDS } = config.of(ctx);
  const before = new Date(ctx.now().getTime() - HOLD_GRACE_SECONDS * 1000);
  const overdue = await ctx
    .in(holds)
    .find({ state: 'reserved', until: { $lt: before } }, { sort: { until: 1 }, limit: MOST_AT_ONCE });
  for (let start = 0; start < overdue.length; start += SIDE_BY_SIDE) {
    const some = overdue.slice(start, start + SIDE_BY_SIDE);
    const results = await Promise.allSettled(some.map((hold) => settleOverdueHold(ctx, hold)));
    for (const result of results)
      if (result.status === 'rejected') ctx.log.warn({ err: result.reason }, 'an overdue hold could not be settled yet');
  }
}

async function settleOverdueHold(ctx: Context, hold: Hold): Promise<void> {
  const order = { orderId: hold._id, companyId: hold.companyId, shopId: hold.shopId };
  const state = await findOrderState(ctx, hold._id);
  if (!state || state.status === 'cancelled') await releaseOrder(ctx, order, 'expired');
  else if (state.status !== 'pending') await allocateOrder(ctx, { ...order, revision: state.revision });
  else if (hold.until && new Date(state.holdUntil) > hold.until) await extendHold(ctx, { ...order, until: state.holdUntil });
}

/** Null for an order that sales does not know. Throws what else sales answers. */
async function findOrderState(ctx: Context, id: string) {
  return ctx.invoke(getOrderState, { params: { id } }).catch((error: unknown) => {
    if (error instanceof DomainError && error.status === 404) return null;
    throw error;
  });
}
