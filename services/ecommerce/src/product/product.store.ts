import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Product, Variant } from './product.rules.ts';

const variant = new Schema<Variant>(
  {
    variantId: { type: String, required: true },
    sku: { type: String, required: true },
    options: { type: Schema.Types.Mixed, required: true },
    price: { type: Number, required: true, min: 0 },
    compareAtPrice: Number,
    barcode: String,
    weightGrams: { type: Number, required: true, min: 0 },
    tracked: { type: Boolean, required: true },
    backorderable: { type: Boolean, required: true },
  },
  { _id: false },
);

const schema = new Schema<Product>({
  _id: String,
  companyId: { type: String, required: true },
  version: { type: Number, required: true },
  name: { type: String, required: true },
  slug: { type: String, required: true },
  description: String,
  status: { type: String, required: true, enum: ['draft', 'active', 'archived'] },
  shopIds: { type: [String], required: true },
  categoryIds: { type: [String], required: true },
  tags: { type: [String], required: true },
  brand: String,
  taxClass: { type: String, required: true },
  attributes: { type: Schema.Types.Mixed, required: true },
  currency: { type: String, required: true },
  variants: { type: [variant], required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ companyId: 1, slug: 1 }, { unique: true })
  .index({ companyId: 1, 'variants.sku': 1 }, { unique: true })
  .index({ slug: 1 })
  .index({ categoryIds: 1 });

export const products = defineStore<Product>({
  name: 'products',
  schema,
  scope: { company: 'companyId', shops: 'shopIds', public: { status: 'active' } },
});
