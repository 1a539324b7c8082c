import { id, sku } from '@souk/contracts';
import type { Context, PageQuery } from '@souk/service-kit';
import { endpoint, ofCompany, pageOf, pageQuery, roles, STAFF, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { movements } from './movement.store.ts';
import { getStockItem } from './stock.actions.ts';
import { stock } from './stock.store.ts';
import { movementView, stockView, viewMovement, viewStock } from './stock.views.ts';

const access = roles(STAFF);
const params = z.object({ id });
const output = pageOf(stockView);
const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional();

async function pageStock(ctx: Context, filter: Record<string, unknown>, query: PageQuery) {
  const { data, nextCursor } = await ctx.in(stock).page(filter, { _id: -1 }, query);
  return { data: data.map(viewStock), nextCursor };
}

export const stockRoutes = [
  endpoint({
    method: 'GET',
    path: '/inventory',
    summary: 'Stock items, newest first. `low` are those at their threshold or below, `out` those with nothing available.',
    access,
    query: z.strictObject({ ...pageQuery, low: flag, out: flag, warehouseId: id.optional(), sku: sku.optional() }),
    output,
    run: ({ query: { low, out, warehouseId, sku, ...query } }, ctx) => {
      const levels = out ? ['out'] : ['low', 'out'];
      const filter = {
        ...((low || out) && { level: { $in: levels } }),
        ...(warehouseId && { warehouseId }),
        ...(sku && { sku }),
      };
      return pageStock(ctx, filter, query);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/inventory/product/:productId',
    summary: 'Stock of all variants of a product.',
    access,
    params: z.object({ productId: id }),
    query: z.strictObject(pageQuery),
    output,
    run: ({ params, query }, ctx) => pageStock(ctx, params, query),
  }),
  endpoint({
    method: 'GET',
    path: '/inventory/sku/:sku',
    summary: 'Stock of one sku in all warehouses.',
    access,
    params: z.object({ sku }),
    query: z.strictObject(pageQuery),
    output,
    run: ({ params, query }, ctx) => pageStock(ctx, params, query),
  }),
  endpoint({
    method: 'GET',
    path: '/inventory/:id',
    summary: 'One stock item.',
    access,
    params,
    output: stockView,
    run: async ({ params }, ctx) => {
      const item = await getStockItem(ctx, params.id);
      return versioned(viewStock(item), item.version);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/inventory/:id/movements',
    summary: 'Every change of what is on hand of an item, newest first.',
    access,
    params,
    query: z.strictObject(pageQuery),
    output: pageOf(movementView),
    run: async ({ params, query }, ctx) => {
      // Who may see an item may see its movements, which name no shops.
      const { _id, companyId } = await getStockItem(ctx, params.id);
      const { data, nextCursor } = await ctx.as(ofCompany(companyId)).in(movements).page({ stockId: _id }, { _id: -1 }, query);
      return { data: data.map(viewMovement), nextCursor };
    },
  }),
];
