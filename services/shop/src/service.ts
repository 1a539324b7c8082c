// Where a company sells: its shops with their places, hours and people, and which warehouses serve each in which sequence. It alone
// decides who works where; auth follows `shop.staff_assigned` and `shop.staff_removed` with the tokens. What it knows of companies
// and accounts are projections of their services' facts.

import { shopCreated, shopDeleted, shopStaffAssigned, shopStaffRemoved, shopUpdated } from '@souk/contracts';
import { defineService } from '@souk/service-kit';
import { companySubscriptions } from './company.events.ts';
import { companies } from './company.store.ts';
import { config } from './config.ts';
import { nearRoutes } from './near.routes.ts';
import { planSubscriptions } from './plan/plan.events.ts';
import { planLimits } from './plan/plan.store.ts';
import { shopJobs } from './shop.jobs.ts';
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
  endpoints: [...shopRoutes, ...staffRoutes, ...nearRoutes],
  publishes: [shopCreated, shopUpdated, shopDeleted, shopStaffAssigned, shopStaffRemoved],
  subscriptions: [...companySubscriptions, ...staffSubscriptions, ...planSubscriptions],
  stores: [shops, companies, colleagues, planLimits],
  jobs: shopJobs,
});
