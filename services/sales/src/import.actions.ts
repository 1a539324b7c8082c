import type { Address } from '@souk/contracts';
import { orderCompleted, orderDelivered, orderShipped } from '@souk/contracts';
import { isGone } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { newId, notFound } from '@souk/service-kit';
import { shopWithoutWarehouses } from './errors.ts';
import type { Fact } from './fact.rules.ts';
import { confirmedFact, createdFact, refOf } from './fact.rules.ts';
import { changeOrders } from './order.batch.ts';
import type { Order } from './order.model.ts';
import type { Decision } from './order.rules.ts';
import { unshipped } from './order.rules.ts';
import { findShop } from './reference.store.ts';

export interface ImportedLine {
  productId: string;
  variantId?: string | undefined;
  sku: string;
  name: string;
  quantity: number;
  /** Minor units, as it was then. */
  unitPrice: number;
  tracked: boolean;
}

export interface ImportedOrder {
  externalId: string;
  shopId: string;
  customerId?: string | undefined;
  currency: string;
  placedAt: string;
  lines: ImportedLine[];
  shippingAddress?: Address | undefined;
}

/** Takes orders of another system's history: paid, shipped and completed when they were placed. All of them, or none. */
export async function importOrders(ctx: Context, imported: ImportedOrder[]): Promise<Order[]> {
  const drafts = await Promise.all(imported.map((each) => draftImport(ctx, each)));
  return ctx.batch(changeOrders, { create: drafts });
}

async function draftImport(ctx: Context, imported: ImportedOrder): Promise<Decision> {
  const shop = await findShop(ctx, imported.shopId);
  if (!shop || (await isGone(ctx, shop.companyId))) throw notFound(`There is no shop ${imported.shopId}`);
  // Without its warehouses the goods would leave no stock, silently and for good.
  if (shop.warehouseIds.length === 0 && imported.lines.some(({ tracked }) => tracked)) throw shopWithoutWarehouses();
  const at = new Date(imported.placedAt);
  const lines = imported.lines.map((line) => {
    const amount = line.unitPrice * line.quantity;
    const { variantId, ...rest } = line;
    return {
      lineId: newId(),
      ...rest,
      ...(variantId !== undefined && { variantId }),
      discount: 0,
      tax: 0,
      total: amount,
      backorder: false,
    };
  });
  const total = lines.reduce((sum, line) => sum + line.total, 0);
  const order: Order = {
    _id: newId(),
    orderNumber: `IM-${imported.externalId}`,
    companyId: shop.companyId,
    shopId: shop._id,
    ...(imported.customerId !== undefined && { customerId: imported.customerId }),
    source: 'import',
    externalKey: `${shop.companyId}:${imported.externalId}`,
    externalId: imported.externalId,
    revision: 1,
    currency: imported.currency,
    lines,
    pricing: { subtotal: total, discount: 0, shipping: 0, tax: 0, total },
    coupons: [],
    paymentMethod: 'cash',
    ...(imported.shippingAddress !== undefined && { shippingAddress: imported.shippingAddress }),
    warehouseIds: shop.warehouseIds,
    status: 'completed',
    phase: 'done',
    paymentStatus: 'paid',
    answers: { stock: 'held', promotions: 'redeemed', payment: 'captured' },
    holdUntil: at,
    asks: 0,
    shipments: [],
    timeline: [{ step: 'imported', at: ctx.now(), cause: 'import', ...(ctx.caller && { actorId: ctx.caller.userId }) }],
    placedAt: at,
    confirmedAt: at,
    version: 1,
    createdAt: at,
    updatedAt: ctx.now(),
  };
  const shipments = [{ shipmentId: order._id, lines: unshipped(order), at }];
  return { order: { ...order, shipments }, facts: factsOf(order, shipments[0]?.lines ?? []) };
}

function factsOf(order: Order, lines: { lineId: string; sku: string; quantity: number }[]): Fact[] {
  const at = order.placedAt.toISOString();
  const ref = refOf(order);
  const { paymentMethod, pricing, currency } = order;
  return [
    createdFact(order),
    confirmedFact(order, order.placedAt),
    { contract: orderShipped, data: { ...ref, shipmentId: order._id, lines, complete: true, at } },
    { contract: orderDelivered, data: { ...ref, paymentMethod, total: pricing.total, currency, at } },
    { contract: orderCompleted, data: { ...ref, at } },
  ].map(({ contract, data }) => ({ contract: contract as Fact['contract'], data }));
}
