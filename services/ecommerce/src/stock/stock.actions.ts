import type { EventData, inventoryUpdated } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { ofCompany } from '@souk/service-kit';
import type { StockProjection } from './stock.store.ts';
import { stock } from './stock.store.ts';

/** Keeps a stock item as inventory says it is, unless something newer is known. */
export async function keepStock(said: EventData<typeof inventoryUpdated>, sequence: number, ctx: Context): Promise<void> {
  const { stockId, companyId, sku, shopIds, available } = said;
  await ctx.transaction(async (tx) => {
    const known = await tx.in(stock).findOne({ _id: stockId });
    if (known && known.sequence >= sequence) return;
    const flippedAt = known && !hasFlipped(known, { shopIds, available }) ? known.flippedAt : ctx.now();
    if (!known) await tx.in(stock).insertOne({ _id: stockId, companyId, sku, shopIds, available, sequence, flippedAt });
    else await tx.in(stock).updateOne({ _id: stockId }, { $set: { shopIds, available, sequence, flippedAt } });
  });
}

function hasFlipped(
  before: Pick<StockProjection, 'shopIds' | 'available'>,
  after: Pick<StockProjection, 'shopIds' | 'available'>,
): boolean {
  return before.available > 0 !== after.available > 0 || before.shopIds.join() !== after.shopIds.join();
}

/** What is known of the stock of a company's skus. */
export function findStock(companyId: string, skus: readonly string[], ctx: Context): Promise<StockProjection[]> {
  return ctx
    .as(ofCompany(companyId))
    .in(stock)
    .find({ sku: { $in: [...skus] } });
}
