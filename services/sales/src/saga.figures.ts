import type { Context, Figure } from '@souk/service-kit';
import { orders } from './order.store.ts';

interface OpenSagas {
  _id: 'open' | 'paying';
  count: number;
  oldest: Date;
  firstHoldEnd: Date;
  mostAsks: number;
}

/** Reads the agenda's sparse index, which holds only orders that have not ended. A phase without orders is there with zero. */
async function byPhase(ctx: Context, figureOf: (sagas: OpenSagas) => number): Promise<Record<OpenSagas['_id'], number>> {
  const rows = await ctx.in(orders).aggregate<OpenSagas>([
    { $match: { nextDeadlineAt: { $gt: new Date(0) } } },
    {
      $group: {
        _id: '$phase',
        count: { $sum: 1 },
        oldest: { $min: '$placedAt' },
        firstHoldEnd: { $min: '$holdUntil' },
        mostAsks: { $max: '$asks' },
      },
    },
  ]);
  return { open: 0, paying: 0, ...Object.fromEntries(rows.map((row) => [row._id, figureOf(row)])) };
}

/**
 * How many orders are under way, and for how long: an order that outlives its hold is one that no answer and no deadline brings to its
 * end. While its money is under way its hold may be long, so there the asks that nobody answers tell.
 */
export const sagaFigures: readonly Figure[] = [
  {
    name: 'souk_saga_open',
    help: 'Orders that have not come to their end',
    label: 'phase',
    read: (ctx) => byPhase(ctx, ({ count }) => count),
  },
  {
    name: 'souk_saga_oldest_age_seconds',
    help: 'Age of the oldest order that has not come to its end',
    label: 'phase',
    read: (ctx) => byPhase(ctx, ({ oldest }) => (ctx.now().getTime() - oldest.getTime()) / 1000),
  },
  {
    name: 'souk_saga_overdue_seconds',
    help: 'How long ago the hold of an order ended that has not come to its end; of the most overdue one',
    label: 'phase',
    read: (ctx) => byPhase(ctx, ({ firstHoldEnd }) => Math.max(0, ctx.now().getTime() - firstHoldEnd.getTime()) / 1000),
  },
  {
    name: 'souk_saga_most_asks',
    help: 'How often in vain one order has asked for what it waits for; of the order that asked most',
    label: 'phase',
    read: (ctx) => byPhase(ctx, ({ mostAsks }) => mostAsks),
  },
];
