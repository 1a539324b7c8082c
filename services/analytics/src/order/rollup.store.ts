import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Figures } from './movement.rules.ts';

interface Place {
  _id: string;
  generation: number;
  companyId: string;
  shopId: string;
  currency: string;
  /** Beginning of the quarter hour. */
  at: Date;
}

/** Sums of one shop in one currency over a quarter hour. */
export type Rollup = Place & Partial<Figures>;

/** What was sold of one product, likewise. */
export interface ProductRollup extends Place {
  productId: string;
  orders?: number;
  units?: number;
  revenue?: number;
}

const text = { type: String, required: true };
const place = {
  _id: String,
  generation: { type: Number, required: true },
  companyId: text,
  shopId: text,
  currency: text,
  at: { type: Date, required: true },
};

export const rollups = defineStore<Rollup>({
  name: 'rollups',
  schema: new Schema<Rollup>({
    ...place,
    orders: Number,
    units: Number,
    gross: Number,
    discount: Number,
    tax: Number,
    shipping: Number,
    refunds: Number,
    cancelled: Number,
  })
    .index({ generation: 1, companyId: 1, currency: 1, at: 1 })
    .index({ generation: 1, shopId: 1, currency: 1, at: 1 })
    .index({ generation: 1, currency: 1, at: 1 })
    .index({ companyId: 1 }),
  scope: { company: 'companyId', shops: 'shopId' },
});

export const productRollups = defineStore<ProductRollup>({
  name: 'product_rollups',
  schema: new Schema<ProductRollup>({ ...place, productId: text, orders: Number, units: Number, revenue: Number })
    .index({ generation: 1, companyId: 1, currency: 1, at: 1 })
    .index({ generation: 1, shopId: 1, currency: 1, at: 1 })
    .index({ generation: 1, currency: 1, at: 1 })
    .index({ companyId: 1 }),
  scope: { company: 'companyId', shops: 'shopId' },
});
