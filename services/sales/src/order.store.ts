import type { OrderStatus } from '@souk/contracts';
import type { Db, Page, PageQuery } from '@souk/service-kit';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Order } from './order.model.ts';

const mixed = Schema.Types.Mixed;
const required = { type: String, required: true } as const;

const schema = new Schema<Order>({
  _id: String,
  orderNumber: required,
  companyId: required,
  shopId: required,
  customerId: String,
  source: required,
  checkoutId: String,
  quoteId: String,
  externalKey: String,
  externalId: String,
  revision: { type: Number, required: true },
  currency: required,
  lines: { type: mixed, required: true },
  pricing: { type: mixed, required: true },
  coupons: { type: mixed, required: true },
  paymentMethod: required,
  shippingMethod: String,
  shippingKind: String,
  shippingAddress: mixed,
  warehouseIds: { type: [String], required: true },
  status: required,
  phase: required,
  paymentStatus: required,
  paymentId: String,
  refundedTotal: Number,
  answers: { type: mixed, required: true },
  cancelAsked: String,
  cancelReason: String,
  holdUntil: { type: Date, required: true },
  nextDeadlineAt: Date,
  asks: { type: Number, required: true },
  shipments: { type: mixed, required: true },
  timeline: { type: mixed, required: true },
  placedAt: { type: Date, required: true },
  confirmedAt: Date,
  traceparent: String,
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ quoteId: 1 }, { unique: true, sparse: true })
  .index({ companyId: 1, orderNumber: 1 }, { unique: true })
  .index({ externalKey: 1 }, { unique: true, sparse: true })
  .index({ createdAt: -1, _id: -1 })
  .index({ status: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, status: 1, createdAt: -1, _id: -1 })
  .index({ shopId: 1, createdAt: -1, _id: -1 })
  .index({ shopId: 1, status: 1, createdAt: -1, _id: -1 })
  .index({ customerId: 1, createdAt: -1, _id: -1 })
  .index({ checkoutId: 1 }, { sparse: true })
  // The saga's agenda: sparse, so that it holds only orders that have not ended.
  .index({ nextDeadlineAt: 1 }, { sparse: true });

export const orders = defineStore<Order>({
  name: 'orders',
  schema,
  scope: { company: 'companyId', shops: 'shopId', own: 'customerId' },
});

export const findOrder = (db: Db, orderId: string): Promise<Order | null> => db.in(orders).findOne({ _id: orderId });

/** How many orders of a customer have not ended: neither cancelled nor with them. */
export const countUnderWay = (db: Db, customerId: string): Promise<number> =>
  db.in(orders).count({ customerId, status: { $in: ['pending', 'confirmed', 'processing', 'shipped'] } });

export interface OrderFilter {
  status?: OrderStatus | undefined;
  shopId?: string | undefined;
  customerId?: string | undefined;
  checkoutId?: string | undefined;
}

/** Newest first. */
export function listOrders(db: Db, filter: OrderFilter, page: PageQuery): Promise<Page<Order>> {
  const wanted = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  return db.in(orders).page(wanted, { createdAt: -1, _id: -1 }, page);
}

/** Orders that could still be cancelled, newest first. */
export const listCancellable = (db: Db, page: PageQuery): Promise<Page<Order>> =>
  db.in(orders).page({ status: { $in: ['pending', 'confirmed', 'processing'] } }, { createdAt: -1, _id: -1 }, page);

/** Orders whose time has come, the most overdue first. */
export const findDueOrders = (db: Db, now: Date, limit: number): Promise<Order[]> =>
  db.in(orders).find({ nextDeadlineAt: { $lte: now } }, { sort: { nextDeadlineAt: 1 }, limit });
