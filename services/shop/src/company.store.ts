import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** What this service knows of a company. It stays after a delete, so that nothing which comes late brings the company back. */
export interface KnownCompany {
  _id: string;
  isDeleted: boolean;
  /** Shops ever added. Each addition writes here, so that one cannot slip past a delete that runs at the same time. */
  shopsAdded: number;
  /** How often parts of warehouses were set aside. Each time writes here, so that two shops cannot take the last part at once. */
  setAsides?: number;
  /** As its settings said last: what its shops have that name none. Absent while they are not known. */
  timezone?: string;
  currency?: string;
  /** Of the fact that these are from. */
  sequence?: number;
}

export const companies = defineStore<KnownCompany>({
  name: 'companies',
  schema: new Schema<KnownCompany>({
    _id: String,
    isDeleted: { type: Boolean, required: true },
    shopsAdded: { type: Number, required: true },
    setAsides: Number,
    timezone: String,
    currency: String,
    sequence: Number,
  }),
  scope: { company: '_id' },
});
