// Takes the money of orders and gives it back. An order has one payment; the buyer authorises it at a gateway, and only the order's own
// word captures it. What is asked of a payment is committed first, then done at the gateway under a key that makes a repeat harmless,
// then booked together with its facts and ledger entries; a job goes on wherever a crash or a lost reply left off.

import {
  paymentAuthorised,
  paymentCancelled,
  paymentDisputed,
  paymentFailed,
  paymentInitiated,
  paymentProcessing,
  paymentRefunded,
  paymentSuccess,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { personalEndpoint } from '@souk/personal-data';
import { defineService } from '@souk/service-kit';
import { config } from './config.ts';
import { sandboxPool } from './gateways/sandbox.client.ts';
import { checkedInvariants } from './ledger/invariant.store.ts';
import { checkLedger } from './ledger/ledger.actions.ts';
import { ledgerFigures } from './ledger/ledger.figures.ts';
import { ledgerEndpoints } from './ledger/ledger.routes.ts';
import { ledger } from './ledger/ledger.store.ts';
import { intentEndpoints } from './payment/intent.routes.ts';
import { internalEndpoints } from './payment/internal.routes.ts';
import { subscriptions } from './payment/payment.events.ts';
import { settleDue } from './payment/payment.jobs.ts';
import { paymentEndpoints } from './payment/payment.routes.ts';
import { movedNothing, payments } from './payment/payment.store.ts';
import { underway } from './payment/underway.ts';
import { personal } from './personal.ts';
import { workOffWebhooks } from './webhook/webhook.actions.ts';
import { webhookEndpoints } from './webhook/webhook.routes.ts';
import { webhooks } from './webhook/webhook.store.ts';

export const service = defineService({
  name: 'payment',
  purpose: 'Takes the money of orders through gateways, cash and accounts, gives it back, and keeps the ledger.',
  port: 8006,
  config,
  resources: [sandboxPool, underway],
  endpoints: [
    ...intentEndpoints,
    ...paymentEndpoints,
    ...ledgerEndpoints,
    ...webhookEndpoints,
    ...internalEndpoints,
    personalEndpoint('payment', personal),
  ],
  publishes: [
    paymentInitiated,
    paymentAuthorised,
    paymentProcessing,
    paymentSuccess,
    paymentFailed,
    paymentRefunded,
    paymentCancelled,
    paymentDisputed,
  ],
  ...offboarding({
    subscriptions,
    stores: [payments, ledger, webhooks, checkedInvariants],
    jobs: [settleDue, workOffWebhooks, checkLedger],
    keeps: [
      { store: ledger, because: 'books are kept for as long as the law says, and sum to zero only when they are whole' },
      { store: payments, because: 'the ledger refers to them, and a bank may dispute one long after', unless: movedNothing },
    ],
  }),
  figures: ledgerFigures,
});
