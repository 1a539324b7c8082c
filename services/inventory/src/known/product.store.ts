import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Which product a sku is, as the catalogue last said. */
export interface KnownProduct {
  _id: string;
  companyId: string;
  variants: { variantId: string; sku: string }[];
  skus: string[];
  /** Of the newest event that it is from. */
  sequence: number;
}

const variant = new Schema(
  { variantId: { type: String, required: true }, sku: { type: String, required: true } },
  { _id: false },
);

const schema = new Schema<KnownProduct>({
  _id: String,
  companyId: { type: String, required: true },
  variants: { type: [variant], required: true },
  skus: { type: [String], required: true },
  sequence: { type: Number, required: true },
}).index({ companyId: 1, skus: 1 });

export const knownProducts = defineStore<KnownProduct>({ name: 'products', schema, scope: { company: 'companyId' } });
