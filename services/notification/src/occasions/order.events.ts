import { formatMoney, orderCancelled, orderConfirmed, orderDelivered, orderShipped } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { notify } from '../notification/notification.actions.ts';
import { isRecent } from '../notification/notification.rules.ts';
import { orderIsCancelled, orderIsConfirmed, orderIsDelivered, orderIsShipped } from '../templates/order.ts';
import { lately } from './lately.ts';

const readable = (amount: number, currency: string): string => formatMoney({ amount, currency });

interface OrderRef {
  orderId: string;
  orderNumber: string;
  companyId: string;
  customerId?: string | undefined;
}
const buyer = ({ orderId, companyId, customerId }: Omit<OrderRef, 'orderNumber'>) => ({ userId: customerId, companyId, orderId });
const named = ({ orderId, orderNumber }: OrderRef) => ({ orderId, orderNumber });

const CANCELLED_BECAUSE = {
  out_of_stock: 'something in it is sold out',
  promotion_refused: 'its promotion is used up',
  payment_timeout: 'it was not paid in time',
  payment_declined: 'its payment was declined',
  credit_refused: 'your account with the shop does not cover it',
  customer: 'you asked for it',
  staff: 'the shop cancelled it',
  hold_broken: 'something in it is not there any more',
  company_deleted: 'the shop has closed',
} as const;

export const orderEvents = [
  on(
    orderConfirmed,
    async ({ data }, ctx) => {
      // Imported orders are history: nobody waits for word of them.
      if (data.source === 'import') return;
      const { currency, lines, pricing } = data;
      const rows = [
        ...lines.map((line) => ({ label: `${line.quantity} x ${line.name}`, value: readable(line.total, currency) })),
        { label: 'Shipping', value: readable(pricing.shipping, currency) },
        { label: 'Total', value: readable(data.total, currency) },
      ];
      const variables = { ...named(data), total: readable(data.total, currency), rows };
      await notify(ctx, buyer(data), { template: orderIsConfirmed, variables });
    },
    lately,
  ),
  on(
    orderShipped,
    async ({ data }, ctx) => {
      if (!isRecent(data.at, ctx.now())) return;
      const { carrier = '', trackingNumber = '', complete } = data;
      await notify(ctx, buyer(data), {
        template: orderIsShipped,
        variables: { ...named(data), carrier, trackingNumber, rest: !complete },
      });
    },
    lately,
  ),
  on(
    orderDelivered,
    async ({ data }, ctx) => {
      if (isRecent(data.at, ctx.now())) await notify(ctx, buyer(data), { template: orderIsDelivered, variables: named(data) });
    },
    lately,
  ),
  on(
    orderCancelled,
    async ({ data }, ctx) => {
      if (data.source === 'import') return;
      // On account nothing was paid: the debt is written down.
      const refund = data.refund && data.paymentMethod !== 'account';
      const variables = { ...named(data), reason: CANCELLED_BECAUSE[data.reason], refund };
      await notify(ctx, buyer(data), { template: orderIsCancelled, variables });
    },
    lately,
  ),
];
