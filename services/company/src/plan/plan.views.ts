import { billingCycle, id, instant, money, planLimits } from '@souk/contracts';
import { z } from 'zod';
import type { Feature, Plan } from './plan.store.ts';

export const featureKey = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

export const planView = z.object({
  id,
  name: z.string(),
  description: z.string(),
  price: money,
  billingCycle,
  trialDays: z.int(),
  limits: planLimits,
  features: z.array(z.string()),
  isArchived: z.boolean(),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
});

export function viewPlan({ _id, price: amount, currency, createdAt, updatedAt, ...shown }: Plan): z.infer<typeof planView> {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id: _id, ...shown, price: { amount, currency }, ...times };
}

export const featureView = z.object({
  id,
  key: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: instant,
});

export const viewFeature = ({ _id, createdAt, ...shown }: Feature): z.infer<typeof featureView> => ({
  id: _id,
  ...shown,
  createdAt: createdAt.toISOString(),
});
