import { companyResumed, companySuspended } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { noteStanding } from './standing.actions.ts';

export const standingSubscriptions = [
  on(companySuspended, ({ data: { companyId, reason }, sequence }, ctx) =>
    noteStanding(ctx, { _id: companyId, isSuspended: true, reason, sequence }),
  ),
  on(companyResumed, ({ data: { companyId }, sequence }, ctx) =>
    noteStanding(ctx, { _id: companyId, isSuspended: false, reason: 'none', sequence }),
  ),
];
