import type { EventContract } from '../event.ts';
import * as analytics from './analytics.events.ts';
import * as audit from './audit.events.ts';
import * as apiKeys from './auth.api-key.events.ts';
import * as auth from './auth.events.ts';
import * as company from './company.events.ts';
import * as plans from './company.plan.events.ts';
import * as debt from './debt.events.ts';
import * as categories from './ecommerce.category.events.ts';
import * as ecommerce from './ecommerce.events.ts';
import * as promotions from './ecommerce.promotions.events.ts';
import * as inventory from './inventory.events.ts';
import * as warehouses from './inventory.warehouse.events.ts';
import * as notification from './notification.events.ts';
import * as payment from './payment.events.ts';
import * as aftercare from './sales.aftercare.events.ts';
import * as sales from './sales.events.ts';
import * as shop from './shop.events.ts';
import * as websocket from './websocket.events.ts';

export * from './analytics.events.ts';
export * from './audit.events.ts';
export * from './auth.api-key.events.ts';
export * from './auth.events.ts';
export * from './company.events.ts';
export * from './company.plan.events.ts';
export * from './debt.events.ts';
export * from './ecommerce.category.events.ts';
export * from './ecommerce.events.ts';
export * from './ecommerce.promotions.events.ts';
export * from './inventory.events.ts';
export * from './inventory.warehouse.events.ts';
export * from './notification.events.ts';
export * from './payment.events.ts';
export * from './sales.aftercare.events.ts';
export * from './sales.events.ts';
export * from './settings.ts';
export {
  billingCycle,
  type CustomerSegment,
  customerSegment,
  type EventData,
  type OrderCoupon,
  type OrderLine,
  type OrderPricing,
  type OrderSource,
  orderCoupon,
  orderLine,
  orderPricing,
  orderSource,
  type PaymentMethod,
  type PlanLimits,
  paymentMethod,
  planLimits,
} from './shapes.ts';
export * from './shop.events.ts';
export * from './websocket.events.ts';

/** Every event of Souk, by producer. The files above export events only, so that one written there cannot be forgotten here. */
export const allEvents: readonly EventContract[] = [
  auth,
  apiKeys,
  company,
  plans,
  shop,
  ecommerce,
  categories,
  promotions,
  sales,
  aftercare,
  payment,
  inventory,
  warehouses,
  notification,
  websocket,
  audit,
  analytics,
  debt,
].flatMap((events): EventContract[] => Object.values(events));

const byType = new Map(allEvents.map((event) => [event.type, event]));

/** The contract of an event type (`order.created`), undefined when nobody publishes it. */
export function eventByType(type: string): EventContract | undefined {
  return byType.get(type);
}
