import type { PlanLimits } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** What companies may subscribe to. Price, cycle, trial, limits and features never change: who subscribed keeps what was agreed. */
export interface Plan {
  _id: string;
  name: string;
  description: string;
  /** Minor units of `currency` for each period. */
  price: number;
  currency: string;
  billingCycle: 'month' | 'year';
  trialDays: number;
  limits: PlanLimits;
  /** Keys of features. */
  features: string[];
  /** Nobody subscribes to it any more; who has it keeps it. */
  isArchived: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const text = { type: String, required: true } as const;
const whole = { type: Number, required: true, min: 0, validate: Number.isSafeInteger } as const;

export const plans = defineStore<Plan>({
  name: 'plans',
  schema: new Schema<Plan>({
    _id: String,
    name: text,
    description: String,
    price: whole,
    currency: text,
    billingCycle: { type: String, enum: ['month', 'year'], required: true },
    trialDays: whole,
    limits: new Schema<PlanLimits>({ shops: Number, staff: Number, products: Number }, { _id: false }),
    features: { type: [String], required: true },
    isArchived: { type: Boolean, required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  }).index({ isArchived: 1, _id: -1 }),
  scope: { public: {} },
});

/** Something that plans may include; programs know it by its key. */
export interface Feature {
  _id: string;
  key: string;
  name: string;
  description: string;
  createdAt: Date;
}

export const features = defineStore<Feature>({
  name: 'features',
  schema: new Schema<Feature>({
    _id: String,
    key: text,
    name: text,
    description: String,
    createdAt: { type: Date, required: true },
  }).index({ key: 1 }, { unique: true }),
  scope: { public: {} },
});
