import { formatMoney, paymentFailed, paymentRefunded } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { notify } from '../notification/notification.actions.ts';
import { paymentHasFailed, paymentIsRefunded } from '../templates/payment.ts';
import { lately } from './lately.ts';

const readable = (amount: number, currency: string): string => formatMoney({ amount, currency });

const PAYMENT_FAILED_BECAUSE = {
  declined: 'it was declined',
  expired: 'it took too long',
  error: 'something went wrong at the payment provider',
} as const;

interface PaymentRef {
  orderId?: string | undefined;
  companyId: string;
  customerId?: string | undefined;
}
const payer = ({ customerId, companyId, orderId }: PaymentRef) => ({ userId: customerId, companyId, orderId });
const orderPath = ({ orderId }: PaymentRef): string => (orderId === undefined ? '' : `orders/${orderId}`);

export const paymentEvents = [
  on(
    paymentFailed,
    ({ data }, ctx) => {
      const variables = {
        amount: readable(data.amount, data.currency),
        path: orderPath(data),
        reason: PAYMENT_FAILED_BECAUSE[data.reason],
      };
      return notify(ctx, payer(data), { template: paymentHasFailed, variables });
    },
    lately,
  ),
  on(
    paymentRefunded,
    async ({ data }, ctx) => {
      // On account no money comes back: less is owed.
      if (data.gateway === 'account') return;
      const variables = { amount: readable(data.refundAmount, data.currency), path: orderPath(data) };
      await notify(ctx, payer(data), { template: paymentIsRefunded, variables });
    },
    lately,
  ),
];
