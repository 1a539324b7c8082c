import { companyCreated, companyDeleted } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { closeCompany, noteCompany } from './company.actions.ts';

export const companySubscriptions = [
  on(companyCreated, ({ data }, ctx) => noteCompany(ctx, data.companyId)),
  on(companyDeleted, ({ data }, ctx) => closeCompany(ctx, data.companyId, new Date(data.purgeAt))),
];
