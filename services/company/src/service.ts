// The tenants of Souk: who they are, how their storefront looks, and the settings (currency, tax, shipping, stock defaults) that
// the other services obey. Nobody asks for settings: `company.created` and `company.settings_updated` carry them whole. It also
// counts what a company has earned and has, from the facts of payment, shop and auth.

import { companyCreated, companyDeleted, companySettingsUpdated, companyUpdated } from '@souk/contracts';
import { defineService } from '@souk/service-kit';
import { companyJobs } from './company/company.jobs.ts';
import { companyRoutes } from './company/company.routes.ts';
import { companies } from './company/company.store.ts';
import { settingsRoutes } from './company/settings.routes.ts';
import { storefrontRoutes } from './company/storefront.routes.ts';
import { config } from './config.ts';
import { statsSubscriptions } from './stats/stats.events.ts';
import { statsRoutes } from './stats/stats.routes.ts';
import { buyers, companyShops, companyUsers, revenues } from './stats/stats.store.ts';

export const service = defineService({
  name: 'company',
  purpose: 'Companies, their settings and branding, and what they have earned.',
  port: 8002,
  config,
  endpoints: [...companyRoutes, ...settingsRoutes, ...storefrontRoutes, ...statsRoutes],
  publishes: [companyCreated, companyUpdated, companyDeleted, companySettingsUpdated],
  subscriptions: statsSubscriptions,
  stores: [companies, revenues, buyers, companyShops, companyUsers],
  jobs: companyJobs,
});
