import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { SetAside } from '../stock/model.rules.ts';
import { setAside } from '../stock/stock.store.ts';

export interface Warehouse {
  _id: string;
  companyId: string;
  name: string;
  /** Short, unique in its company: `NYC-1`. */
  code: string;
  address: { line1?: string | undefined; city: string; postalCode?: string | undefined; country: string };
  /** The shops that it serves, as the shop service says. */
  shopIds: string[];
  /** Which part of it each shop keeps for itself. */
  setAside?: SetAside[];
  /** Stock items that were ever made in it. Each writes here, so that none is made beside a change of the shops that it serves. */
  itemsMade?: number;
  isActive: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const address = new Schema(
  { line1: String, city: { type: String, required: true }, postalCode: String, country: { type: String, required: true } },
  { _id: false },
);

const schema = new Schema<Warehouse>({
  _id: String,
  companyId: { type: String, required: true },
  name: { type: String, required: true },
  code: { type: String, required: true },
  address: { type: address, required: true },
  shopIds: { type: [String], required: true },
  setAside: { type: [setAside], default: undefined },
  itemsMade: Number,
  isActive: { type: Boolean, required: true },
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ companyId: 1, code: 1 }, { unique: true })
  .index({ companyId: 1, _id: -1 })
  .index({ shopIds: 1, _id: -1 })
  .index({ 'setAside.shopId': 1 }, { sparse: true });

export const warehouses = defineStore<Warehouse>({
  name: 'warehouses',
  schema,
  scope: { company: 'companyId', shops: 'shopIds' },
});
