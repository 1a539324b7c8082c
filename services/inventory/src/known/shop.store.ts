import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Which warehouses serve a shop, in which sequence; none once it is deleted. */
export interface KnownShop {
  _id: string;
  companyId: string;
  warehouseIds: string[];
  sequence: number;
}

const schema = new Schema<KnownShop>({
  _id: String,
  companyId: { type: String, required: true },
  warehouseIds: { type: [String], required: true },
  sequence: { type: Number, required: true },
}).index({ companyId: 1 });

export const knownShops = defineStore<KnownShop>({ name: 'shops', schema, scope: { company: 'companyId' } });
