/**
 * What the platform, a company or a shop has sold: sums by quarter hour, kept from the facts of orders and refunds as they come, and
 * read by hours, days, weeks or months of any time zone. Nothing is asked of other services; all of it can be built anew from their
 * event logs. What counts as revenue is said in `order/order.rules.ts`.
 */
import { analyticsDashboardUpdated } from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { defineService } from '@souk/service-kit';
import { config } from './config.ts';
import { orderSubscriptions } from './order/order.events.ts';
import { knownOrders } from './order/order.store.ts';
import { productRollups, rollups } from './order/rollup.store.ts';
import { generations } from './rebuild/generation.store.ts';
import { rebuildJobs } from './rebuild/rebuild.jobs.ts';
import { rebuildRoutes } from './rebuild/rebuild.routes.ts';
import { rebuilds } from './rebuild/rebuild.store.ts';
import { knownCompanies } from './reference/company.store.ts';
import { knownProducts } from './reference/product.store.ts';
import { referenceSubscriptions } from './reference/reference.events.ts';
import { reportRoutes } from './report/report.routes.ts';
import { revenueFigures } from './report/revenue.figures.ts';
import { signalJobs } from './signal/signal.jobs.ts';
import { changedDashboards } from './signal/signal.store.ts';

export const service = defineService({
  name: 'analytics',
  purpose: 'Sales of the platform, its companies and their shops, in sums and over time.',
  port: 8011,
  config,
  endpoints: [...reportRoutes, ...rebuildRoutes],
  publishes: [analyticsDashboardUpdated],
  ...offboarding({
    subscriptions: [...orderSubscriptions, ...referenceSubscriptions],
    stores: [knownOrders, rollups, productRollups, knownCompanies, knownProducts, changedDashboards, generations, rebuilds],
    jobs: [...signalJobs, ...rebuildJobs],
    also: [{ store: knownOrders, where: (companyId) => ({ 'sale.companyId': companyId }) }],
  }),
  figures: revenueFigures,
});
