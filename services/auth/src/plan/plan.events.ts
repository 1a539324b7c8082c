import { companySubscriptionChanged } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { notePlan } from './plan.actions.ts';

export const planSubscriptions = [
  on(companySubscriptionChanged, ({ data: { companyId, limits }, sequence }, ctx) =>
    notePlan(ctx, { _id: companyId, most: limits.staff, sequence }),
  ),
];
