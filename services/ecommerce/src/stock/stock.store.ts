import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { StockRow } from './stock.rules.ts';

/** A stock item of inventory as its newest event said. `flippedAt`: when it last came into stock, went out, or changed its shops. */
export interface StockProjection extends StockRow {
  _id: string;
  sequence: number;
  flippedAt: Date;
}

export const stock = defineStore<StockProjection>({
  name: 'stock',
  schema: new Schema<StockProjection>({
    _id: String,
    companyId: { type: String, required: true },
    sku: { type: String, required: true },
    shopIds: { type: [String], required: true },
    available: { type: Number, required: true },
    sequence: { type: Number, required: true },
    flippedAt: { type: Date, required: true },
  })
    .index({ companyId: 1, sku: 1 })
    .index({ flippedAt: 1 }),
  scope: { company: 'companyId' },
});
