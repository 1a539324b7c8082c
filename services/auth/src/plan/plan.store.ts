import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** How many staff the plan of a company allows, as the company service told last; absent means no limit. `_id` is the company's. */
export interface PlanLimit {
  _id: string;
  most?: number | undefined;
  sequence: number;
}

export const planLimits = defineStore<PlanLimit>({
  name: 'plan_limits',
  schema: new Schema<PlanLimit>({
    _id: String,
    most: Number,
    sequence: { type: Number, required: true },
  }),
  scope: { company: '_id' },
});
