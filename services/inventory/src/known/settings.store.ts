import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** What inventory obeys of a company's settings. */
export interface CompanySettings {
  _id: string;
  lowStockThreshold: number;
  sequence: number;
}

const schema = new Schema<CompanySettings>({
  _id: String,
  lowStockThreshold: { type: Number, required: true },
  sequence: { type: Number, required: true },
});

export const companySettings = defineStore<CompanySettings>({ name: 'settings', schema, scope: { company: '_id' } });
