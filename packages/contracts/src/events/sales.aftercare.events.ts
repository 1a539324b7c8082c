import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments, mug } from './examples.ts';
import { amount, at, customerSegment, lineQuantity, orderRef, paymentMethod, reasonCode } from './shapes.ts';

const producer = 'sales';

const returnRef = orderRef.extend({ returnId: id });
const ref = {
  returnId: ids.return,
  orderId: ids.order,
  orderNumber: 'NM-1001',
  companyId: ids.company,
  shopId: ids.shop,
  customerId: ids.customer,
};
const oneMug = { lineId: ids.line, sku: mug, quantity: 1 };

export const returnRequested = defineEvent({
  type: 'return.requested',
  producer,
  when: 'A buyer, or staff for them, asked to give back lines of a delivered order.',
  schema: returnRef.extend({ lines: z.array(lineQuantity.extend({ reason: reasonCode })).min(1), at }),
  example: { ...ref, lines: [{ ...oneMug, reason: 'damaged' }], at: moments.delivered },
});

export const returnApproved = defineEvent({
  type: 'return.approved',
  producer,
  when: 'Staff agreed to a return; `amount` is what the buyer will get back once the goods are here.',
  schema: returnRef.extend({ lines: z.array(lineQuantity).min(1), amount, currency, at }),
  example: { ...ref, lines: [oneMug], amount: 12_635, currency: 'USD', at: moments.delivered },
});

export const returnRejected = defineEvent({
  type: 'return.rejected',
  producer,
  when: 'Staff refused a return.',
  schema: returnRef.extend({ reason: reasonCode, at }),
  example: { ...ref, reason: 'window_over', at: moments.delivered },
});

export const returnReceived = defineEvent({
  type: 'return.received',
  producer,
  when: 'Returned goods arrived at a warehouse and were looked at: each line goes back on the shelf or is scrapped.',
  schema: returnRef.extend({
    lines: z.array(lineQuantity.extend({ warehouseId: id, tracked: z.boolean(), fate: z.enum(['restock', 'scrap']) })).min(1),
    at,
  }),
  example: {
    ...ref,
    lines: [{ ...oneMug, warehouseId: ids.warehouse, tracked: true, fate: 'restock' }],
    at: moments.returned,
  },
});

export const returnRefundRequested = defineEvent({
  type: 'return.refund_requested',
  producer,
  when: 'Staff decided that a return is paid back: payment refunds it, or its debt is lowered where the order was on account.',
  schema: returnRef.extend({ amount, currency, paymentMethod, at }),
  example: { ...ref, amount: 12_635, currency: 'USD', paymentMethod: 'sandbox', at: moments.returned },
});

export const returnExchanged = defineEvent({
  type: 'return.exchanged',
  producer,
  when: 'A return was settled with other goods, which are the order `exchangeOrderId`.',
  schema: returnRef.extend({ exchangeOrderId: id, at }),
  example: { ...ref, exchangeOrderId: ids.newOrder, at: moments.returned },
});

/** A profile is one company's view of a user: `customerId` is the user's id, the same in every company. */
const profileRef = z.object({ profileId: id, customerId: id, companyId: id });
const profile = { profileId: ids.profile, customerId: ids.customer, companyId: ids.company };

export const customerCreated = defineEvent({
  type: 'customer.created',
  producer,
  when: 'A user met a company for the first time, which made their profile there.',
  schema: profileRef.extend({ source: z.enum(['order', 'checkout', 'chat', 'registration']), segment: customerSegment, at }),
  example: { ...profile, source: 'checkout', segment: 'bronze', at: moments.placed },
});

export const customerSegmentChanged = defineEvent({
  type: 'customer.segment_changed',
  producer,
  when: 'A customer moved to another segment of a company: by what they spent in twelve months, or by hand.',
  schema: profileRef.extend({ before: customerSegment, after: customerSegment, cause: z.enum(['spend', 'staff']), at }),
  example: { ...profile, before: 'bronze', after: 'silver', cause: 'spend', at: moments.delivered },
});

export const customerUpdated = defineEvent({
  type: 'customer.updated',
  producer,
  when: "Staff changed a customer's notes or tags, or whether the segment follows what was spent; `changed` names the fields.",
  schema: profileRef.extend({ changed: z.array(z.string()).min(1), at }),
  example: { ...profile, changed: ['tags'], at: moments.delivered },
});

export const customerDeleted = defineEvent({
  type: 'customer.deleted',
  producer,
  when: "Staff deleted a customer's profile, with its notes and tags; their orders stay, and a later one makes a profile anew.",
  schema: profileRef.extend({ at }),
  example: { ...profile, at: moments.returned },
});

export const orderRefunded = defineEvent({
  type: 'order.refunded',
  producer,
  when: 'An order learned that its payment gave money back; `refundedTotal` is all that was given back of it so far.',
  schema: orderRef.extend({ refundedTotal: amount, total: amount, currency, at }),
  example: {
    orderId: ids.order,
    orderNumber: 'NM-1001',
    companyId: ids.company,
    shopId: ids.shop,
    customerId: ids.customer,
    refundedTotal: 12_635,
    total: 25_770,
    currency: 'USD',
    at: moments.returned,
  },
});
