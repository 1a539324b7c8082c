import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Hold } from '../stock/model.rules.ts';
import { HOLD_STATES } from '../stock/model.rules.ts';

const line = new Schema(
  {
    lineId: { type: String, required: true },
    sku: { type: String, required: true },
    stockId: String,
    warehouseId: String,
    quantity: { type: Number, required: true, min: 0 },
    shipped: { type: Number, required: true, min: 0 },
    backordered: { type: Boolean, required: true },
  },
  { _id: false },
);
const shortage = new Schema(
  {
    sku: { type: String, required: true },
    requested: { type: Number, required: true },
    available: { type: Number, required: true },
  },
  { _id: false },
);

const parcelLine = new Schema({ lineId: String, sku: String, quantity: Number }, { _id: false });
const parcel = new Schema({ shipmentId: { type: String, required: true }, lines: [parcelLine] }, { _id: false });

const schema = new Schema<Hold>({
  _id: String,
  companyId: { type: String, required: true },
  shopId: { type: String, required: true },
  revision: { type: Number, required: true },
  state: { type: String, enum: HOLD_STATES, required: true },
  warehouseIds: { type: [String], required: true },
  lines: { type: [line], required: true },
  reservationId: String,
  until: Date,
  heldAt: { type: Date, required: true },
  short: { type: [shortage], default: undefined },
  confirmed: Number,
  shipments: { type: [String], required: true },
  early: { type: [parcel], default: undefined },
  isHistory: { type: Boolean, required: true },
  open: { type: [String], required: true },
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ companyId: 1, state: 1, _id: -1 })
  .index({ shopId: 1, state: 1, _id: -1 })
  .index({ state: 1, _id: -1 })
  .index({ state: 1, until: 1 })
  .index({ open: 1 });

export const holds = defineStore<Hold>({ name: 'holds', schema, scope: { company: 'companyId', shops: 'shopId' } });
