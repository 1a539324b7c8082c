import type { Context, Figure } from '@souk/service-kit';
import { rollups } from '../order/rollup.store.ts';
import { readGenerations } from '../rebuild/generation.store.ts';
import { knownCompanies } from '../reference/company.store.ts';

/** By each currency that a company trades in, for which there is an index. */
async function revenueToday(ctx: Context): Promise<Record<string, number>> {
  const { live } = await readGenerations(ctx);
  const traded = await ctx.in(knownCompanies).aggregate<{ _id: string }>([{ $group: { _id: '$currency' } }]);
  const currencies = traded.map(({ _id }) => _id);
  const midnight = new Date(ctx.now().toISOString().slice(0, 10));
  const sums = await ctx
    .in(rollups)
    .aggregate<{ _id: string; gross: number; refunds: number }>([
      { $match: { generation: live, currency: { $in: currencies }, at: { $gte: midnight } } },
      { $group: { _id: '$currency', gross: { $sum: '$gross' }, refunds: { $sum: '$refunds' } } },
    ]);
  const none = currencies.map((currency) => [currency, 0] as const);
  return Object.fromEntries([...none, ...sums.map(({ _id, gross, refunds }) => [_id, gross - refunds] as const)]);
}

export const revenueFigures: readonly Figure[] = [
  {
    name: 'souk_revenue_today_minor_units',
    help: 'What was sold on the platform since midnight UTC, less what was given back, in minor units',
    label: 'currency',
    read: revenueToday,
  },
];
