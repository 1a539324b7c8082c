import { id, money, sku } from '@souk/contracts';
import { created, endpoint, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { notEnoughOnHand, stockExists, unknownWarehouse, warehouseInactive } from '../errors.ts';
import { adjustStock, createStockItem, describeStock, receiveGoods } from './stock.actions.ts';
import { stockView, viewStock } from './stock.views.ts';

const access = roles({ company_admin: 'company', shop_manager: 'shops' });
const params = z.object({ id });
/** More pieces than any warehouse holds, and far below where sums of them would lose one. */
const MOST_PIECES = 1_000_000_000;
const pieces = z.int().min(0).max(MOST_PIECES);
const cost = money.extend({ amount: z.int().nonnegative() });
const bin = z.string().trim().min(1).max(40);
const note = z.string().trim().min(1).max(500).optional();

const adjustment = z.union([
  z.strictObject({ delta: pieces.min(1), reason: z.enum(['found', 'count']), note }),
  z.strictObject({ delta: z.int().min(-MOST_PIECES).max(-1), reason: z.enum(['damage', 'loss', 'count']), note }),
  z.strictObject({ counted: pieces, reason: z.literal('count'), note }),
]);

export const goodsRoutes = [
  endpoint({
    method: 'POST',
    path: '/inventory',
    summary: 'Makes a stock item, with what is on the shelf already.',
    access: roles({ company_admin: 'company' }),
    idempotency: 'required',
    body: z.strictObject({
      sku,
      warehouseId: id,
      productId: id.optional(),
      variantId: id.optional(),
      quantity: pieces.default(0),
      threshold: pieces.optional(),
      bin: bin.optional(),
      cost: cost.optional(),
    }),
    output: stockView,
    errors: [stockExists, unknownWarehouse, warehouseInactive],
    run: async ({ body: { quantity, ...body } }, ctx) => {
      const item = await createStockItem(ctx, {
        ...present(body),
        sku: body.sku,
        warehouseId: body.warehouseId,
        opening: quantity,
      });
      return created(viewStock(item), `/inventory/${item._id}`);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/inventory/receive',
    summary: 'Books goods in, up to 500 lines at once; a sku that a warehouse did not have gets its item.',
    access,
    idempotency: 'required',
    body: z.strictObject({
      lines: z
        .array(z.strictObject({ sku, warehouseId: id, quantity: pieces.min(1), cost: cost.optional() }))
        .min(1)
        .max(500),
    }),
    output: z.object({ receiptId: id, items: z.array(stockView) }),
    errors: [unknownWarehouse, warehouseInactive],
    run: async ({ body }, ctx) => {
      const lines = body.lines.map(({ cost, ...line }) => ({ ...line, ...(cost && { cost }) }));
      const { receiptId, items } = await receiveGoods(ctx, lines);
      const touched = [...new Map(items.map((item) => [item._id, item])).values()];
      return created({ receiptId, items: touched.map(viewStock) }, touched[0] ? `/inventory/${touched[0]._id}` : '/inventory');
    },
  }),
  endpoint({
    method: 'POST',
    path: '/inventory/:id/adjust',
    summary:
      'Corrects what is on hand, by a difference or by what was counted. Below what is promised, the newest holds are broken.',
    access,
    idempotency: 'required',
    params,
    body: adjustment,
    output: stockView,
    status: 200,
    errors: [preconditionFailed, notEnoughOnHand],
    run: async ({ params, body }, ctx) => {
      const change = 'counted' in body ? { counted: body.counted } : { delta: body.delta };
      const item = await adjustStock(ctx, params.id, {
        change,
        reason: body.reason,
        ...(body.note !== undefined && { note: body.note }),
      });
      return versioned(viewStock(item), item.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/inventory/:id/stock',
    summary: 'Sets what is on hand to what was counted.',
    access,
    params,
    body: z.strictObject({ onHand: pieces }),
    output: stockView,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => {
      const item = await adjustStock(ctx, params.id, { change: { counted: body.onHand }, reason: 'count' });
      return versioned(viewStock(item), item.version);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/inventory/:id/threshold',
    summary: 'Sets when an item counts as low, and where it lies.',
    access,
    params,
    body: z.strictObject({ threshold: pieces, bin: bin.optional() }),
    output: stockView,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => {
      const item = await describeStock(ctx, params.id, {
        threshold: body.threshold,
        ...(body.bin !== undefined && { bin: body.bin }),
      });
      return versioned(viewStock(item), item.version);
    },
  }),
];

type Present<Fields> = { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };

/** Leaves out what a client left out. */
function present<Fields extends object>(fields: Fields): Partial<Present<Fields>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Present<Fields>>;
}
