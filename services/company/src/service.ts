// The tenants of Souk: who they are, how their storefront looks, and the settings (currency, tax, shipping, stock defaults) that
// the other services obey. Nobody asks for settings: `company.created` and `company.settings_updated` carry them whole. It also
// counts what a company has earned and has, from the facts of payment, shop and auth. A company's
// subscription to a plan is part of it: what a period costs becomes a debt at the debt service, whose facts say when it was paid or not.

import {
  companyCreated,
  companyDeleted,
  companyPaymentAccountConnected,
  companyPaymentAccountRemoved,
  companyPermissionsChanged,
  companyRenewalDue,
  companyResumed,
  companySettingsUpdated,
  companySubscriptionChanged,
  companySuspended,
  companyUpdated,
  featureCreated,
  planCreated,
  planUpdated,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { defineService } from '@souk/service-kit';
import { companyJobs } from './company/company.jobs.ts';
import { companyRoutes } from './company/company.routes.ts';
import { companies } from './company/company.store.ts';
import { settingsRoutes } from './company/settings.routes.ts';
import { storefrontRoutes } from './company/storefront.routes.ts';
import { config } from './config.ts';
import { accountRoutes } from './payment-account/account.routes.ts';
import { paymentAccounts } from './payment-account/account.store.ts';
import { sealing } from './payment-account/sealing.ts';
import { permissionRoutes } from './permission/permission.routes.ts';
import { planRoutes } from './plan/plan.routes.ts';
import { features, plans } from './plan/plan.store.ts';
import { statsSubscriptions } from './stats/stats.events.ts';
import { statsRoutes } from './stats/stats.routes.ts';
import { buyers, companyShops, companyUsers, revenues } from './stats/stats.store.ts';
import { invoiceSeries, invoices } from './subscription/invoice.store.ts';
import { settlementSubscriptions } from './subscription/settlement.events.ts';
import { subscriptionRoutes } from './subscription/subscription.routes.ts';

export const service = defineService({
  name: 'company',
  purpose: 'Companies, their settings and branding, the plans they subscribe to, and what they have earned.',
  port: 8002,
  config,
  endpoints: [
    ...companyRoutes,
    ...settingsRoutes,
    ...storefrontRoutes,
    ...statsRoutes,
    ...permissionRoutes,
    ...planRoutes,
    ...accountRoutes,
    ...subscriptionRoutes,
  ],
  publishes: [
    companyCreated,
    companyUpdated,
    companyDeleted,
    companySettingsUpdated,
    companyPermissionsChanged,
    companySubscriptionChanged,
    companyRenewalDue,
    companySuspended,
    companyResumed,
    companyPaymentAccountConnected,
    companyPaymentAccountRemoved,
    planCreated,
    planUpdated,
    featureCreated,
  ],
  ...offboarding({
    subscriptions: [...statsSubscriptions, ...settlementSubscriptions],
    stores: [companies, plans, features, invoices, invoiceSeries, paymentAccounts, revenues, buyers, companyShops, companyUsers],
    jobs: companyJobs,
    keeps: [{ store: invoices, because: "they are the platform's books, and their numbers must have no gaps" }],
  }),
  resources: [sealing],
});
