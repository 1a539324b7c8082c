import { companyCreated, companySettingsUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { noteCompany } from './company.actions.ts';

export const companySubscriptions = [
  on(companyCreated, ({ data, sequence }, ctx) => noteCompany(ctx, data, sequence)),
  on(companySettingsUpdated, ({ data, sequence }, ctx) => noteCompany(ctx, data, sequence)),
];
