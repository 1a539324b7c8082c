import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments } from './examples.ts';
import { amount, at, paymentMethod, reasonCode, revision } from './shapes.ts';

const producer = 'payment';

/** A payment of an order's revision or of a debt. `amount` is what is to be paid in all, in minor units. */
const payment = z.object({
  paymentId: id,
  orderId: id.optional(),
  debtId: id.optional(),
  revision: revision.optional(),
  companyId: id,
  shopId: id.optional(),
  customerId: id.optional(),
  gateway: paymentMethod,
  amount,
  currency,
});

/** What sales matches to its order: without the revision, an answer to an older one could confirm a newer. */
function tiedToRevision(data: { orderId?: string | undefined; revision?: number | undefined }): boolean {
  return data.orderId === undefined || data.revision !== undefined;
}
const revisionMissing = { message: 'a payment of an order names its revision', path: ['revision'] };

const paid: z.infer<typeof payment> = {
  paymentId: ids.payment,
  orderId: ids.order,
  revision: 1,
  companyId: ids.company,
  shopId: ids.shop,
  customerId: ids.customer,
  gateway: 'sandbox',
  amount: 25_770,
  currency: 'USD',
};

export const paymentInitiated = defineEvent({
  type: 'payment.initiated',
  producer,
  when: 'The one intent of an order was opened; asking for it again fires nothing.',
  schema: payment,
  example: paid,
});

export const paymentAuthorised = defineEvent({
  type: 'payment.authorised',
  producer,
  when: 'The gateway holds the whole amount for us; nothing has moved yet.',
  schema: payment.refine(tiedToRevision, revisionMissing),
  example: paid,
});

export const paymentProcessing = defineEvent({
  type: 'payment.processing',
  producer,
  when: 'The gateway took a confirmation or capture and has not told its outcome yet.',
  schema: payment,
  example: paid,
});

export const paymentSuccess = defineEvent({
  type: 'payment.success',
  producer,
  when: 'The whole amount was captured, or paid in cash, or taken on account; once per payment.',
  schema: payment.extend({ capturedAt: instant }).refine(tiedToRevision, revisionMissing),
  example: { ...paid, capturedAt: moments.paid },
});

export const paymentFailed = defineEvent({
  type: 'payment.failed',
  producer,
  when: "An attempt to pay ended without money; another may follow while the hold lasts. `code` is the gateway's own word.",
  schema: payment.extend({ code: reasonCode, reason: z.enum(['declined', 'expired', 'error']) }),
  example: { ...paid, code: 'card_declined', reason: 'declined' },
});

export const paymentRefunded = defineEvent({
  type: 'payment.refunded',
  producer,
  when: 'The gateway gave back `refundAmount`; `refundedTotal` of `capturedTotal` has been given back so far, this included.',
  schema: payment.extend({
    refundId: id,
    refundAmount: amount,
    refundedTotal: amount,
    capturedTotal: amount,
    reason: z.enum(['order_cancelled', 'captured_late', 'return', 'staff', 'goodwill']),
  }),
  example: {
    ...paid,
    refundId: ids.refund,
    refundAmount: 12_635,
    refundedTotal: 12_635,
    capturedTotal: 25_770,
    reason: 'return',
  },
});

export const paymentCancelled = defineEvent({
  type: 'payment.cancelled',
  producer,
  when: 'A payment was given up before capture and any authorisation was voided at the gateway.',
  schema: payment.extend({
    reason: z.enum(['order_cancelled', 'order_changed', 'authorised_late', 'expired', 'customer', 'staff']),
  }),
  example: { ...paid, reason: 'order_cancelled' },
});

export const paymentDisputed = defineEvent({
  type: 'payment.disputed',
  producer,
  when: "The gateway shows that the buyer's bank disputes a captured payment; once per payment.",
  schema: payment.extend({
    disputeId: id,
    disputedAmount: amount,
    status: z.enum(['opened', 'won', 'lost']),
    reason: reasonCode,
    at,
  }),
  example: {
    ...paid,
    disputeId: ids.dispute,
    disputedAmount: 25_770,
    status: 'opened',
    reason: 'fraudulent',
    at: moments.returned,
  },
});
