import { defineTemplate } from './template.ts';

interface OrderVariables {
  orderId: string;
  orderNumber: string;
}

/** A line of the table in a mail. */
export interface Row {
  label: string;
  value: string;
}

const action = { label: 'See the order', path: 'orders/{{orderId}}' };

export const orderIsConfirmed = defineTemplate<OrderVariables & { total: string; rows: Row[] }>({
  type: 'order.confirmed',
  priority: 'high',
  subject: 'Order {{orderNumber}} is confirmed',
  content: 'Thank you for your order {{orderNumber}} over {{total}}. We tell you when it is on its way.',
  action,
});

export const orderIsShipped = defineTemplate<OrderVariables & { carrier: string; trackingNumber: string; rest: boolean }>({
  type: 'order.shipped',
  priority: 'high',
  subject: 'Order {{orderNumber}} is on its way',
  content:
    '{{#if rest}}A part{{else}}All{{/if}} of your order {{orderNumber}} has left' +
    '{{#if carrier}} with {{carrier}}{{/if}}{{#if trackingNumber}}, tracking number {{trackingNumber}}{{/if}}.' +
    '{{#if rest}} The rest follows.{{/if}}',
  action,
});

export const orderIsDelivered = defineTemplate<OrderVariables>({
  type: 'order.delivered',
  priority: 'high',
  subject: 'Order {{orderNumber}} was delivered',
  content: 'Your order {{orderNumber}} has arrived.',
  action,
});

export const orderIsCancelled = defineTemplate<OrderVariables & { reason: string; refund: boolean }>({
  type: 'order.cancelled',
  priority: 'high',
  endsOrders: true,
  subject: 'Order {{orderNumber}} was cancelled',
  content:
    'Your order {{orderNumber}} was cancelled: {{reason}}.' +
    '{{#if refund}} What you paid goes back the way it came.{{else}} You were not charged.{{/if}}',
  action,
});
