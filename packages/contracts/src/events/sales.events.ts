import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { id, instant } from '../ids.ts';
import { currency } from '../money.ts';
import { ids, moments, mug } from './examples.ts';
import {
  amount,
  at,
  lineQuantity,
  orderCoupon,
  orderLine,
  orderPricing,
  orderRef,
  orderSource,
  paymentMethod,
  revision,
} from './shapes.ts';

const producer = 'sales';

/** Everything that reserving, redeeming and paying an order need, so that none of them asks back. */
const placedOrder = orderRef.extend({
  checkoutId: id.optional(),
  quoteId: id.optional(),
  revision,
  source: orderSource,
  paymentMethod,
  currency,
  lines: z.array(orderLine).min(1),
  pricing: orderPricing,
  coupons: z.array(orderCoupon),
  warehouseIds: z.array(id),
  holdUntil: instant,
  placedAt: instant,
});

const ref = { orderId: ids.order, orderNumber: 'NM-1001', companyId: ids.company, shopId: ids.shop, customerId: ids.customer };
const lines: z.infer<typeof orderLine>[] = [
  {
    lineId: ids.line,
    productId: ids.product,
    variantId: ids.variant,
    sku: mug,
    name: 'Red mug',
    quantity: 2,
    unitPrice: 12_999,
    discount: 2_600,
    tax: 1_872,
    total: 25_270,
    tracked: true,
    backorder: false,
  },
];
const pricing = { subtotal: 25_998, discount: 2_600, shipping: 500, tax: 1_872, total: 25_770 };
const coupons = [{ promotionId: ids.promotion, code: 'MUGS10', discount: 2_600 }];
const placed: z.infer<typeof placedOrder> = {
  ...ref,
  checkoutId: ids.checkout,
  quoteId: ids.quote,
  revision: 1,
  source: 'checkout',
  paymentMethod: 'sandbox',
  currency: 'USD',
  lines,
  pricing,
  coupons,
  warehouseIds: [ids.warehouse, ids.otherWarehouse],
  holdUntil: moments.holdEnds,
  placedAt: moments.placed,
};

export const orderCreated = defineEvent({
  type: 'order.created',
  producer,
  when: 'An order was made: still pending by a checkout, from a quote or by staff at the till; completed already by an import of history.',
  schema: placedOrder,
  example: placed,
});

export const orderItemChanged = defineEvent({
  type: 'order.item_changed',
  producer,
  when: 'Lines of a pending order were changed or removed, which made a new revision; it carries the order as it is now.',
  schema: placedOrder.extend({ previousRevision: revision }),
  example: { ...placed, revision: 2, previousRevision: 1 },
});

export const orderCaptureRequested = defineEvent({
  type: 'order.capture_requested',
  producer,
  when: 'A revision has its stock, promotions and authorisation, and its hold lasts long enough: the one reason to capture.',
  schema: z.object({ orderId: id, revision, companyId: id, amount, currency }),
  example: { orderId: ids.order, revision: 1, companyId: ids.company, amount: 25_770, currency: 'USD' },
});

export const orderConfirmed = defineEvent({
  type: 'order.confirmed',
  producer,
  when: 'A pending order became certain: its money was captured, or it needs none before delivery and its goods are held.',
  schema: orderRef.extend({
    revision,
    currency,
    total: amount,
    paymentMethod,
    lines: z.array(orderLine).min(1),
    pricing: orderPricing,
    placedAt: instant,
    confirmedAt: instant,
    source: orderSource,
  }),
  example: {
    ...ref,
    revision: 1,
    currency: 'USD',
    total: 25_770,
    paymentMethod: 'sandbox',
    lines,
    pricing,
    placedAt: moments.placed,
    confirmedAt: moments.paid,
    source: 'checkout',
  },
});

export const orderProcessing = defineEvent({
  type: 'order.processing',
  producer,
  when: 'Staff began to prepare a confirmed order, or sent a first part of it.',
  schema: orderRef.extend({ at }),
  example: { ...ref, at: moments.shipped },
});

export const orderShipped = defineEvent({
  type: 'order.shipped',
  producer,
  when: 'A parcel left, or goods were handed over at the till; once per shipment, `complete` when nothing is left to send.',
  schema: orderRef.extend({
    shipmentId: id,
    lines: z.array(lineQuantity).min(1),
    carrier: z.string().min(1).optional(),
    trackingNumber: z.string().min(1).optional(),
    complete: z.boolean(),
    at,
  }),
  example: {
    ...ref,
    shipmentId: ids.shipment,
    lines: [{ lineId: ids.line, sku: mug, quantity: 2 }],
    carrier: 'ups',
    trackingNumber: '1Z999AA10123456784',
    complete: true,
    at: moments.shipped,
  },
});

export const orderDelivered = defineEvent({
  type: 'order.delivered',
  producer,
  when: 'All of an order reached the buyer; cash on delivery is paid at this moment.',
  schema: orderRef.extend({ paymentMethod, total: amount, currency, at }),
  example: { ...ref, paymentMethod: 'sandbox', total: 25_770, currency: 'USD', at: moments.delivered },
});

export const orderCompleted = defineEvent({
  type: 'order.completed',
  producer,
  when: 'A delivered order was closed: by staff, or at once where goods are handed over at the till or history is imported.',
  schema: orderRef.extend({ at }),
  example: { ...ref, at: moments.returned },
});

export const orderCancelled = defineEvent({
  type: 'order.cancelled',
  producer,
  when: 'An order ended before it was shipped; `refund` if captured money goes back, `confirmed` if it was confirmed before.',
  schema: orderRef.extend({
    revision,
    reason: z.enum([
      'out_of_stock',
      'promotion_refused',
      'payment_timeout',
      'payment_declined',
      'credit_refused',
      'customer',
      'staff',
      'hold_broken',
      'company_deleted',
    ]),
    refund: z.boolean(),
    currency,
    total: amount,
    paymentMethod,
    source: orderSource,
    confirmed: z.boolean(),
    lines: z.array(orderLine).min(1),
    pricing: orderPricing,
    coupons: z.array(orderCoupon),
    placedAt: instant,
    at,
  }),
  example: {
    ...ref,
    revision: 1,
    reason: 'payment_timeout',
    refund: false,
    currency: 'USD',
    total: 25_770,
    paymentMethod: 'sandbox',
    source: 'checkout',
    confirmed: false,
    lines,
    pricing,
    coupons,
    placedAt: moments.placed,
    at: moments.holdEnds,
  },
});

export const orderReturned = defineEvent({
  type: 'order.returned',
  producer,
  when: 'A return of a delivered or completed order was settled; `whole` when with it all of the order came back.',
  schema: z.object({
    orderId: id,
    returnId: id,
    companyId: id,
    shopId: id,
    customerId: id.optional(),
    lines: z.array(lineQuantity).min(1),
    amount,
    currency,
    whole: z.boolean(),
    at,
  }),
  example: {
    orderId: ids.order,
    returnId: ids.return,
    companyId: ids.company,
    shopId: ids.shop,
    customerId: ids.customer,
    lines: [{ lineId: ids.line, sku: mug, quantity: 1 }],
    amount: 12_635,
    currency: 'USD',
    whole: false,
    at: moments.returned,
  },
});

export const invoiceIssued = defineEvent({
  type: 'invoice.issued',
  producer,
  when: 'An invoice was numbered at capture, or a credit note when money went back; `invoiceRef` is the invoice it corrects.',
  schema: orderRef.extend({
    invoiceId: id,
    invoiceNumber: z.string().min(1),
    kind: z.enum(['invoice', 'credit_note']),
    invoiceRef: id.optional(),
    currency,
    total: amount,
    tax: amount,
    issuedAt: instant,
  }),
  example: {
    ...ref,
    invoiceId: ids.invoice,
    invoiceNumber: '2026-000017',
    kind: 'invoice',
    currency: 'USD',
    total: 25_770,
    tax: 1_872,
    issuedAt: moments.paid,
  },
});
