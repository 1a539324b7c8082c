import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Whether a company may write, as its service last said. */
export interface Standing {
  _id: string;
  isSuspended: boolean;
  reason: string;
  sequence: number;
}

export const standings = defineStore<Standing>({
  name: 'standings',
  schema: new Schema<Standing>({
    _id: String,
    isSuspended: { type: Boolean, required: true },
    reason: { type: String, required: true },
    sequence: { type: Number, required: true },
  }).index({ isSuspended: 1 }),
  scope: {},
});
