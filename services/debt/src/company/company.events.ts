import { companyCreated, companyDeleted, companyRenewalDue, companySettingsUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { endReminders } from '../debt/debt.actions.ts';
import { billSubscription } from './billing.actions.ts';
import { noteCompany, noteDeletion } from './company.actions.ts';

export const companyEvents = [
  on(companyCreated, ({ data, sequence }, ctx) => noteCompany(ctx, { ...data, sequence })),
  on(companySettingsUpdated, ({ data, sequence }, ctx) => noteCompany(ctx, { ...data, sequence })),
  on(companyRenewalDue, ({ data }, ctx) => billSubscription(ctx, data)),
  on(companyDeleted, async ({ data, sequence }, ctx) => {
    await endReminders(ctx, data.companyId);
    await noteDeletion(ctx, { ...data, sequence });
  }),
];
