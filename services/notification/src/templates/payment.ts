import { defineTemplate } from './template.ts';

interface PaymentVariables {
  amount: string;
  /** Where its order is shown; empty for a payment of no order. */
  path: string;
}

const action = { label: 'See the order', path: '{{path}}' };

export const paymentHasFailed = defineTemplate<PaymentVariables & { reason: string }>({
  type: 'payment.failed',
  priority: 'high',
  subject: 'Your payment did not go through',
  content: 'Your payment of {{amount}} did not go through: {{reason}}. You may try again while your order waits.',
  action,
});

export const paymentIsRefunded = defineTemplate<PaymentVariables>({
  type: 'payment.refunded',
  priority: 'high',
  endsOrders: true,
  subject: 'You get {{amount}} back',
  content: '{{amount}} of what you paid is on its way back to you.',
  action,
});
