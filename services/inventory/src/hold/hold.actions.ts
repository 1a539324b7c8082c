import type { EventData, orderCancelled, orderConfirmed, orderCreated, orderShipped, ReservationRequest } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import type { HoldRequest } from '../stock/model.rules.ts';
import type { StockAnswer } from '../stock/stock.batch.ts';
import { stockBatch } from '../stock/stock.batch.ts';
import type { Reservation } from './hold.rules.ts';

function ask(ctx: Context, request: HoldRequest): Promise<StockAnswer> {
  return ctx.batch(stockBatch, { ...request, at: ctx.now() });
}

async function reserve(ctx: Context, request: ReservationRequest & { isHistory: boolean }): Promise<Reservation> {
  const answer = await ask(ctx, { kind: 'reserve', ...request });
  return 'reservation' in answer ? answer.reservation : { outcome: 'released' };
}

/**
 * Holds all lines of an order's revision until `holdUntil`, or says what is short. Asking again gives the answer that stands, and a
 * later end where one is named.
 */
export function reserveOrder(ctx: Context, request: ReservationRequest): Promise<Reservation> {
  return reserve(ctx, { ...request, isHistory: false });
}

/** Holds a placed order. An imported one left long ago: its goods go off the books at once. */
export function holdPlacedOrder(ctx: Context, order: EventData<typeof orderCreated>): Promise<Reservation> {
  const { orderId, revision, companyId, shopId, warehouseIds, holdUntil, source } = order;
  const lines = order.lines.map(({ lineId, sku, quantity, tracked, backorder }) => ({
    lineId,
    sku,
    quantity,
    tracked,
    backorder,
  }));
  return reserve(ctx, { orderId, revision, companyId, shopId, warehouseIds, holdUntil, lines, isHistory: source === 'import' });
}

/** Takes the end off the hold of a confirmed order. */
export function allocateOrder(
  ctx: Context,
  order: Pick<EventData<typeof orderConfirmed>, 'orderId' | 'companyId' | 'shopId' | 'revision'>,
) {
  const { orderId, companyId, shopId, revision } = order;
  return ask(ctx, { kind: 'allocate', orderId, companyId, shopId, revision });
}

/** Gives back what is held for an order that is over. */
export function releaseOrder(
  ctx: Context,
  order: Pick<EventData<typeof orderCancelled>, 'orderId' | 'companyId' | 'shopId'>,
  reason: 'cancelled' | 'expired' = 'cancelled',
) {
  const { orderId, companyId, shopId } = order;
  return ask(ctx, { kind: 'release', orderId, companyId, shopId, reason });
}

/** Takes a parcel's goods off what is on hand. */
export function shipOrder(ctx: Context, parcel: EventData<typeof orderShipped>) {
  const { orderId, companyId, shopId, shipmentId, lines } = parcel;
  return ask(ctx, { kind: 'ship', orderId, companyId, shopId, shipmentId, lines });
}

/** Makes a reservation last until `until`. */
export function extendHold(ctx: Context, hold: { orderId: string; companyId: string; shopId: string; until: string }) {
  return ask(ctx, { kind: 'extend', ...hold });
}
