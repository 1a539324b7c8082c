import {
  customerCreated,
  customerDeleted,
  customerSegmentChanged,
  customerUpdated,
  orderCancelled,
  orderCaptureRequested,
  orderCompleted,
  orderConfirmed,
  orderCreated,
  orderDelivered,
  orderItemChanged,
  orderProcessing,
  orderRefunded,
  orderShipped,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { erasures, personalEndpoint, personalJob, personalSubscription } from '@souk/personal-data';
import { defineService, job } from '@souk/service-kit';
import { checkoutEndpoints } from './checkout.routes.ts';
import { closeCompany } from './closing.actions.ts';
import { config } from './config.ts';
import { customerSubscriptions } from './customer/customer.events.ts';
import { customerJobs } from './customer/customer.jobs.ts';
import { customerEndpoints } from './customer/customer.routes.ts';
import { customers } from './customer/customer.store.ts';
import { importEndpoints } from './import.routes.ts';
import { itemEndpoints } from './item.routes.ts';
import { chaseDueOrders } from './order.actions.ts';
import { orderSubscriptions } from './order.events.ts';
import { orderEndpoints } from './order.routes.ts';
import { orders } from './order.store.ts';
import { personal } from './personal.ts';
import { referenceSubscriptions } from './reference.events.ts';
import { settingsCopies, shopCopies } from './reference.store.ts';
import { sagaFigures } from './saga.figures.ts';

/**
 * Sales makes orders and brings each of them to an end. An order document alone decides what becomes of it (saga.rules.ts); stock,
 * promotions, payments and credit lines only answer its questions, and every answer goes through one batch (order.batch.ts).
 */
export const service = defineService({
  name: 'sales',
  purpose: 'Checkout, orders and their saga, fulfilment, customers.',
  port: 8005,
  config,
  queue: 'order.events',
  endpoints: [
    ...checkoutEndpoints,
    ...importEndpoints,
    ...orderEndpoints,
    ...itemEndpoints,
    ...customerEndpoints,
    personalEndpoint('sales', personal),
  ],
  publishes: [
    orderCreated,
    orderItemChanged,
    orderConfirmed,
    orderProcessing,
    orderShipped,
    orderDelivered,
    orderCompleted,
    orderCancelled,
    orderCaptureRequested,
    orderRefunded,
    customerCreated,
    customerUpdated,
    customerSegmentChanged,
    customerDeleted,
  ],
  ...offboarding({
    subscriptions: [...orderSubscriptions, ...referenceSubscriptions, ...customerSubscriptions, personalSubscription(personal)],
    stores: [orders, customers, shopCopies, settingsCopies, erasures],
    jobs: [job('chase due orders', 1_000, chaseDueOrders), ...customerJobs, personalJob(personal)],
    queue: 'user.events',
    close: closeCompany,
  }),
  figures: sagaFigures,
});
