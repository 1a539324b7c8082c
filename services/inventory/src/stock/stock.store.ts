import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { SetAside, StockItem } from './model.rules.ts';

const figure = { type: Number, required: true, min: 0 };

/** Of a stock item and of its warehouse. */
export const setAside = new Schema<SetAside>(
  { shopId: { type: String, required: true }, basisPoints: { type: Number, required: true } },
  { _id: false },
);

const schema = new Schema<StockItem>({
  _id: String,
  companyId: { type: String, required: true },
  sku: { type: String, required: true },
  warehouseId: { type: String, required: true },
  shopIds: { type: [String], required: true },
  setAside: { type: [setAside], default: undefined },
  productId: String,
  variantId: String,
  onHand: figure,
  reserved: figure,
  available: figure,
  level: { type: String, enum: ['out', 'low', 'ok'], required: true },
  threshold: figure,
  bin: String,
  cost: new Schema({ amount: { type: Number, required: true }, currency: { type: String, required: true } }, { _id: false }),
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  // Sku first, so that a super admin's search by sku alone finds its way too.
  .index({ sku: 1, companyId: 1, warehouseId: 1 }, { unique: true })
  .index({ companyId: 1, _id: -1 })
  .index({ companyId: 1, level: 1, _id: -1 })
  .index({ productId: 1, _id: -1 })
  .index({ warehouseId: 1, _id: -1 })
  .index({ shopIds: 1, _id: -1 })
  .index({ shopIds: 1, level: 1, _id: -1 })
  .index({ 'setAside.shopId': 1 }, { sparse: true })
  .index({ updatedAt: 1 });

export const stock = defineStore<StockItem>({ name: 'stock', schema, scope: { company: 'companyId', shops: 'shopIds' } });
