import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Movement } from './model.rules.ts';
import { MOVEMENT_KINDS } from './model.rules.ts';

const schema = new Schema<Movement>({
  _id: String,
  stockId: { type: String, required: true },
  companyId: { type: String, required: true },
  sku: { type: String, required: true },
  warehouseId: { type: String, required: true },
  kind: { type: String, enum: MOVEMENT_KINDS, required: true },
  delta: { type: Number, required: true },
  before: { type: Number, required: true, min: 0 },
  after: { type: Number, required: true, min: 0 },
  cause: new Schema({ type: { type: String, required: true }, id: { type: String, required: true } }, { _id: false }),
  reason: String,
  note: String,
  cost: new Schema({ amount: { type: Number, required: true }, currency: { type: String, required: true } }, { _id: false }),
  actorId: String,
  at: { type: Date, required: true },
})
  .index({ stockId: 1, _id: -1 })
  .index({ companyId: 1 });

/** Append-only: no movement is changed anywhere, and none is removed while its company is there. */
export const movements = defineStore<Movement>({ name: 'movements', schema, scope: { company: 'companyId' } });
