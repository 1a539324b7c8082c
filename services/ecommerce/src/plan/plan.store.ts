import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** How many products the plan of a company allows, as the company service told last; absent means no limit. `_id` is the company's. */
export interface PlanLimit {
  _id: string;
  most?: number | undefined;
  /** Grows with each addition, so that of two at the same time the later one sees what the earlier one added. */
  turns?: number | undefined;
  sequence: number;
}

export const planLimits = defineStore<PlanLimit>({
  name: 'plan_limits',
  schema: new Schema<PlanLimit>({
    _id: String,
    most: Number,
    turns: Number,
    sequence: { type: Number, required: true },
  }),
  scope: { company: '_id' },
});
