import {
  address,
  id,
  instant,
  orderCoupon,
  orderLine,
  orderPhase,
  orderPricing,
  orderSource,
  orderStatus,
  paymentMethod,
} from '@souk/contracts';
import { z } from 'zod';
import type { Order, Shipment } from './order.model.ts';
import { allowedMoves } from './order.rules.ts';
import { needsAuthorisation } from './saga.rules.ts';

const shipment = z.object({
  shipmentId: id,
  lines: z.array(z.object({ lineId: id, sku: z.string(), quantity: z.int() })),
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
  at: instant,
});

/** An order as its buyer and the shop's people see it. */
export const orderView = z.object({
  id,
  orderNumber: z.string(),
  companyId: id,
  shopId: id,
  customerId: id.optional(),
  checkoutId: id.optional(),
  quoteId: id.optional(),
  externalId: z.string().optional(),
  source: orderSource,
  revision: z.int(),
  currency: z.string(),
  lines: z.array(orderLine),
  pricing: orderPricing,
  coupons: z.array(orderCoupon),
  status: orderStatus,
  phase: orderPhase,
  paymentStatus: z.enum(['pending', 'authorised', 'paid', 'partially_refunded', 'refunded', 'failed']),
  /** How to pay it: open the payment's intent when `needsIntent`. */
  payment: z.object({ method: paymentMethod, needsIntent: z.boolean(), paymentId: id.optional() }),
  shippingMethod: z.string().optional(),
  shippingKind: z.enum(['delivery', 'pickup']).optional(),
  shippingAddress: address.optional(),
  cancelReason: z.string().optional(),
  cancelAsked: z.boolean(),
  allowedMoves: z.array(orderStatus),
  holdUntil: instant,
  shipments: z.array(shipment),
  placedAt: instant,
  confirmedAt: instant.optional(),
  createdAt: instant,
  version: z.int(),
});
export type OrderView = z.infer<typeof orderView>;

const isoShipment = (each: Shipment) => ({ ...each, at: each.at.toISOString() });

/** Fields that are shown as they are stored. */
const SHOWN = [
  ...(['companyId', 'shopId', 'customerId', 'checkoutId', 'quoteId', 'externalId', 'orderNumber', 'source', 'revision'] as const),
  ...(['currency', 'lines', 'pricing', 'coupons', 'status', 'phase', 'paymentStatus'] as const),
  ...(['shippingMethod', 'shippingKind', 'shippingAddress', 'cancelReason', 'version'] as const),
];

function pick<Key extends keyof Order>(order: Order, keys: readonly Key[]): Pick<Order, Key> {
  return Object.fromEntries(keys.filter((key) => order[key] !== undefined).map((key) => [key, order[key]])) as Pick<Order, Key>;
}

export function viewOrder(order: Order): OrderView {
  const { paymentId, confirmedAt } = order;
  const needsIntent = order.phase === 'open' && needsAuthorisation(order);
  return {
    id: order._id,
    ...pick(order, SHOWN),
    payment: { method: order.paymentMethod, needsIntent, ...(paymentId !== undefined && { paymentId }) },
    cancelAsked: order.cancelAsked !== undefined,
    allowedMoves: [...allowedMoves(order)],
    shipments: order.shipments.map(isoShipment),
    holdUntil: order.holdUntil.toISOString(),
    placedAt: order.placedAt.toISOString(),
    createdAt: order.createdAt.toISOString(),
    ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
  };
}

export const timelineView = z.object({
  orderId: id,
  steps: z.array(z.object({ step: z.string(), at: instant, cause: z.string(), actorId: id.optional() })),
});

export const viewTimeline = (order: Order): z.infer<typeof timelineView> => ({
  orderId: order._id,
  steps: order.timeline.map((each) => ({ ...each, at: each.at.toISOString() })),
});

export const trackingView = z.object({ orderId: id, orderNumber: z.string(), status: orderStatus, shipments: z.array(shipment) });

export const viewTracking = (order: Order): z.infer<typeof trackingView> => ({
  orderId: order._id,
  orderNumber: order.orderNumber,
  status: order.status,
  shipments: order.shipments.map(isoShipment),
});
