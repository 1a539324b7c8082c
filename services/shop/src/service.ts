// Where a company sells: its shops with their places, hours and people, which warehouses serve each in which sequence, and what of them is
// kept for it. It alone decides who works where; auth follows `shop.staff_assigned` and `shop.staff_removed` with the tokens. What it knows
// of companies and accounts are projections of their services' facts, and what a shop has sold is summed up from orders and payments.

import { shopCreated, shopDeleted, shopStaffAssigned, shopStaffRemoved, shopUpdated } from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { defineService } from '@souk/service-kit';
import { closeCompany } from './company.actions.ts';
import { companySubscriptions } from './company.events.ts';
import { companies } from './company.store.ts';
import { config } from './config.ts';
import { hoursRoutes } from './hours/hours.routes.ts';
import { nearRoutes } from './near.routes.ts';
import { performanceSubscriptions } from './performance/performance.events.ts';
import { performanceRoutes } from './performance/performance.routes.ts';
import { productDays, shopDays } from './performance/performance.store.ts';
import { planSubscriptions } from './plan/plan.events.ts';
import { planLimits } from './plan/plan.store.ts';
import { shopRoutes } from './shop.routes.ts';
import { shops } from './shop.store.ts';
import { staffSubscriptions } from './staff.events.ts';
import { staffRoutes } from './staff.routes.ts';
import { colleagues } from './staff.store.ts';

export const service = defineService({
  name: 'shop',
  purpose: 'Shops of companies, their staff, and the warehouses that serve them.',
  port: 8003,
  config,
  endpoints: [...shopRoutes, ...staffRoutes, ...nearRoutes, ...hoursRoutes, ...performanceRoutes],
  publishes: [shopCreated, shopUpdated, shopDeleted, shopStaffAssigned, shopStaffRemoved],
  ...offboarding({
    subscriptions: [...companySubscriptions, ...staffSubscriptions, ...planSubscriptions, ...performanceSubscriptions],
    stores: [shops, companies, colleagues, planLimits, shopDays, productDays],
    keeps: [{ store: companies, because: 'a company that is gone must not be brought back by what comes late' }],
    close: closeCompany,
  }),
});
