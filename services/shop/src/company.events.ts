import { companyCreated, companyDeleted, companySettingsUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { closeCompany, noteCompany } from './company.actions.ts';

export const companySubscriptions = [
  on(companyCreated, ({ data, sequence }, ctx) => noteCompany(ctx, data, sequence)),
  on(companySettingsUpdated, ({ data, sequence }, ctx) => noteCompany(ctx, data, sequence)),
  on(companyDeleted, ({ data }, ctx) => closeCompany(ctx, data.companyId, new Date(data.purgeAt))),
];
