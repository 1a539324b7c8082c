import { companyCreated, companyRenewalDue, companySettingsUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { billSubscription } from './billing.actions.ts';
import { noteCompany } from './company.actions.ts';

export const companyEvents = [
  on(companyCreated, ({ data, sequence }, ctx) => noteCompany(ctx, { ...data, sequence })),
  on(companySettingsUpdated, ({ data, sequence }, ctx) => noteCompany(ctx, { ...data, sequence })),
  on(companyRenewalDue, ({ data }, ctx) => billSubscription(ctx, data)),
];
