import type { Context, Filter } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import type { Figures } from '../order/movement.rules.ts';
import { FIGURES } from '../order/movement.rules.ts';
import { productRollups, rollups } from '../order/rollup.store.ts';
import { readGenerations } from '../rebuild/generation.store.ts';

export interface Asked {
  companyId?: string | undefined;
  shopId?: string | undefined;
  currency: string;
  from: number;
  to: number;
}

async function matching(ctx: Context, { companyId, shopId, currency, from, to }: Asked): Promise<Filter> {
  const { live } = await readGenerations(ctx.as(system('which figures are shown')));
  const at = { $gte: new Date(from), $lt: new Date(to) };
  return { generation: live, ...(companyId && { companyId }), currency, at, ...(shopId && { shopId }) };
}

export type Sum<Key> = Partial<Figures> & { _id: Key };

/** Sums of a span by quarter hour, shop or currency, of what the context's scope reaches. */
export async function sumRollups<By extends 'at' | 'shopId' | 'currency'>(
  ctx: Context,
  asked: Asked & { by: By },
): Promise<Sum<By extends 'at' ? Date : string>[]> {
  const sums = Object.fromEntries(FIGURES.map((name) => [name, { $sum: `$${name}` }]));
  return ctx.in(rollups).aggregate([{ $match: await matching(ctx, asked) }, { $group: { _id: `$${asked.by}`, ...sums } }]);
}

export interface ProductSum {
  _id: string;
  orders: number;
  units: number;
  revenue: number;
}

/** What sold best in a span, by pieces or by money. Products of which all was cancelled are left out. */
export async function bestSellers(
  ctx: Context,
  asked: Asked & { sort: 'units' | 'revenue'; limit: number },
): Promise<ProductSum[]> {
  const sums = { orders: { $sum: '$orders' }, units: { $sum: '$units' }, revenue: { $sum: '$revenue' } };
  return ctx
    .in(productRollups)
    .aggregate([
      { $match: await matching(ctx, asked) },
      { $group: { _id: '$productId', ...sums } },
      { $match: { units: { $gt: 0 } } },
      { $sort: { [asked.sort]: -1, _id: 1 } },
      { $limit: asked.limit },
    ]);
}
