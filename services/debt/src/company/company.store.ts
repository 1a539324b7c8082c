import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** What debts need of a company's settings, as its service last told of them. */
export interface CompanyCopy {
  _id: string;
  timezone: string;
  currency: string;
  isDeleted?: boolean | undefined;
  sequence: number;
}

export const companyCopies = defineStore<CompanyCopy>({
  name: 'companies',
  schema: new Schema<CompanyCopy>({
    _id: String,
    timezone: { type: String, required: true },
    currency: { type: String, required: true },
    isDeleted: Boolean,
    sequence: { type: Number, required: true },
  }),
  scope: { company: '_id' },
});
