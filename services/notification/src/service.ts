// Tells people what has happened to what is theirs: accounts, orders, payments, debts. An event only writes what is to be said, in
// the transaction that remembers the event; sending goes on in the background, is tried again when it fails, and is carried on by
// another process when this one dies. Addresses and secret links are asked of auth at the moment of sending and never kept.

import { notificationFailed, notificationRead, notificationSent } from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { erasures, personalEndpoint, personalJob, personalSubscription } from '@souk/personal-data';
import { defineService } from '@souk/service-kit';
import { config } from './config.ts';
import { notificationJobs } from './notification/notification.jobs.ts';
import { notificationRoutes } from './notification/notification.routes.ts';
import { notifications } from './notification/notification.store.ts';
import { accountEvents } from './occasions/account.events.ts';
import { debtEvents } from './occasions/debt.events.ts';
import { orderEvents } from './occasions/order.events.ts';
import { paymentEvents } from './occasions/payment.events.ts';
import { personal } from './personal.ts';
import { courier } from './sending/courier.ts';
import { mailer } from './sending/mailer.ts';

export const service = defineService({
  name: 'notification',
  purpose: 'Mails and in-app messages about accounts, orders, payments and debts.',
  port: 8008,
  config,
  endpoints: [...notificationRoutes, personalEndpoint('notification', personal)],
  publishes: [notificationSent, notificationFailed, notificationRead],
  ...offboarding({
    subscriptions: [...accountEvents, ...orderEvents, ...paymentEvents, ...debtEvents, personalSubscription(personal)],
    stores: [notifications, erasures],
    jobs: [...notificationJobs, personalJob(personal)],
  }),
  resources: [mailer, courier],
});
