import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Figures, Sold } from './performance.rules.ts';

interface Place {
  _id: string;
  companyId: string;
  shopId: string;
  currency: string;
  /** `2026-11-02`, by the calendar of the shop. */
  day: string;
}

/** Sums of a shop's day in one currency, in minor units. `_id` is `shop:currency:day`. */
export type ShopDay = Place & Partial<Figures>;

/** What a shop sold of one product on a day. `_id` is `shop:currency:day:product`. */
export type ProductDay = Place & Sold;

const text = { type: String, required: true };
const place = { _id: String, companyId: text, shopId: text, currency: text, day: text };

export const shopDays = defineStore<ShopDay>({
  name: 'shop_days',
  schema: new Schema<ShopDay>({
    ...place,
    orders: Number,
    value: Number,
    cancelled: Number,
    captured: Number,
    refunded: Number,
  })
    .index({ shopId: 1, currency: 1, day: 1 })
    .index({ companyId: 1 }),
  scope: { company: 'companyId', shops: 'shopId' },
});

export const productDays = defineStore<ProductDay>({
  name: 'product_days',
  schema: new Schema<ProductDay>({ ...place, productId: text, units: Number, revenue: Number })
    .index({ shopId: 1, currency: 1, day: 1 })
    .index({ companyId: 1 }),
  scope: { company: 'companyId', shops: 'shopId' },
});
