import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments } from './examples.ts';
import { amount, at, billingCycle, count, planLimits, reasonCode } from './shapes.ts';

const producer = 'company';

const plan = z.object({
  planId: id,
  price: amount,
  currency,
  billingCycle,
  trialDays: count,
  limits: planLimits,
  features: z.array(reasonCode),
  isArchived: z.boolean(),
  at,
});
const monthly: z.infer<typeof plan> = {
  planId: ids.plan,
  price: 4_900,
  currency: 'USD',
  billingCycle: 'month',
  trialDays: 14,
  limits: { shops: 3, staff: 20, products: 5_000 },
  features: ['forecast'],
  isArchived: false,
  at: moments.placed,
};

export const planCreated = defineEvent({
  type: 'plan.created',
  producer,
  when: 'The platform added a plan that companies may subscribe to.',
  schema: plan,
  example: monthly,
});

export const planUpdated = defineEvent({
  type: 'plan.updated',
  producer,
  when: 'A plan was described otherwise, archived or offered again; its price, limits and features never change.',
  schema: plan,
  example: { ...monthly, isArchived: true },
});

export const featureCreated = defineEvent({
  type: 'feature.created',
  producer,
  when: 'The platform added a feature that plans may name by its key.',
  schema: z.object({ featureId: id, key: reasonCode, at }),
  example: { featureId: ids.feature, key: 'forecast', at: moments.placed },
});
