import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** That figures of a company changed and nobody was told yet. `_id` is `company:currency`. */
export interface ChangedDashboard {
  _id: string;
  companyId: string;
  currency: string;
  /** The newest quarter hour that changed. */
  at: Date;
  version: number;
}

const text = { type: String, required: true };

export const changedDashboards = defineStore<ChangedDashboard>({
  name: 'changed_dashboards',
  schema: new Schema<ChangedDashboard>({
    _id: String,
    companyId: text,
    currency: text,
    at: { type: Date, required: true },
    version: { type: Number, required: true },
  }).index({ companyId: 1 }),
  scope: { company: 'companyId' },
});
