import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { OrderState, ProductLine, Refund, Sale } from './order.rules.ts';

/** What is known of an order in one generation of the figures. `_id` is `generation:orderId`. */
export interface KnownOrder extends OrderState {
  _id: string;
  generation: number;
  version: number;
}

const text = { type: String, required: true };
const number = { type: Number, required: true };
const moment = { type: Date, required: true };
const inner = { _id: false } as const;

const product = new Schema<ProductLine>({ productId: text, units: number, revenue: number }, inner);
const refund = new Schema<Refund>({ refundId: text, amount: number, at: moment }, inner);
const sale = new Schema<Sale>(
  {
    companyId: text,
    shopId: text,
    currency: text,
    placedAt: moment,
    units: number,
    gross: number,
    discount: number,
    tax: number,
    shipping: number,
    products: [product],
  },
  inner,
);

export const knownOrders = defineStore<KnownOrder>({
  name: 'orders',
  schema: new Schema<KnownOrder>({
    _id: String,
    generation: number,
    version: number,
    sale,
    cancelledAt: Date,
    refunds: [refund],
  })
    .index({ generation: 1 })
    .index({ 'sale.companyId': 1 }, { sparse: true }),
  scope: {},
});
