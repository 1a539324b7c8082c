import type { EventData, returnReceived } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId, notFound } from '@souk/service-kit';
import { companyOf, requireOpenWarehouses } from '../warehouse/warehouse.actions.ts';
import type { AdjustRequest, CreateRequest, GoodsLine, GoodsRequest, StockItem } from './model.rules.ts';
import { stockBatch } from './stock.batch.ts';
import { stock } from './stock.store.ts';

async function ask(ctx: Context, request: GoodsRequest): Promise<StockItem[]> {
  const actorId = ctx.caller?.userId ?? ctx.event?.actorid;
  const answer = await ctx.batch(stockBatch, { ...request, at: ctx.now(), ...(actorId !== undefined && { actorId }) });
  return 'items' in answer ? answer.items : [];
}

async function askForOne(ctx: Context, request: GoodsRequest): Promise<StockItem> {
  const [item] = await ask(ctx, request);
  if (!item) throw notFound();
  return item;
}

/** A stock item that the caller may see. Throws 404 for any other. */
export async function getStockItem(ctx: Context, id: string): Promise<StockItem> {
  const found = await ctx.in(stock).findOne({ _id: id });
  if (!found) throw notFound();
  return found;
}

/** Makes a stock item, with what is on the shelf already. Throws 404 for a foreign warehouse, 409 when the item exists. */
export async function createStockItem(ctx: Context, input: Omit<CreateRequest, 'kind' | 'companyId'>): Promise<StockItem> {
  await requireOpenWarehouses(ctx, [input.warehouseId]);
  return askForOne(ctx, { kind: 'create', companyId: companyOf(ctx), ...input });
}

/** Books goods in. Gives the items they went to, line by line. Throws 404 when any warehouse is foreign. */
export async function receiveGoods(ctx: Context, lines: GoodsLine[]): Promise<{ receiptId: string; items: StockItem[] }> {
  const receiptId = newId();
  await requireOpenWarehouses(
    ctx,
    lines.map(({ warehouseId }) => warehouseId),
  );
  const cause = { type: 'receipt' as const, id: receiptId };
  const items = await ask(ctx, { kind: 'receive', companyId: companyOf(ctx), movement: 'received', cause, lines });
  return { receiptId, items };
}

/** Puts returned goods that are fit to sell back on the shelf. */
export async function restockReturn(ctx: Context, goods: EventData<typeof returnReceived>): Promise<void> {
  const lines = goods.lines
    .filter(({ fate, tracked }) => fate === 'restock' && tracked)
    .map(({ sku, warehouseId, quantity }) => ({ sku, warehouseId, quantity }));
  if (lines.length === 0) return;
  const cause = { type: 'return' as const, id: goods.returnId };
  await ask(ctx, { kind: 'receive', companyId: goods.companyId, movement: 'restocked', cause, lines });
}

type Adjustment = Pick<AdjustRequest, 'change' | 'reason' | 'note'>;

/** Corrects what is on hand. Throws 404 outside the caller's scope, 409 below zero, 412 when it changed since If-Match. */
export async function adjustStock(ctx: Context, id: string, adjustment: Adjustment): Promise<StockItem> {
  await getStockItem(ctx, id);
  return askForOne(ctx, { kind: 'adjust', stockId: id, ...adjustment, ...versionOf(ctx) });
}

/** Sets when an item counts as low, and where it lies. Throws as `adjustStock` does. */
export async function describeStock(ctx: Context, id: string, about: { threshold: number; bin?: string }): Promise<StockItem> {
  await getStockItem(ctx, id);
  return askForOne(ctx, { kind: 'describe', stockId: id, ...about, ...versionOf(ctx) });
}

const versionOf = ({ ifMatch }: Context) => (ifMatch === undefined ? {} : { version: ifMatch });
