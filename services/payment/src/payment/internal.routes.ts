import { askPayment } from '@souk/contracts';
import { implement, services } from '@souk/service-kit';
import { askForOrder, captureOf } from './order.actions.ts';
import type { Payment } from './payment.rules.ts';
import { isCaptured } from './payment.rules.ts';

/** Nothing was opened, asked or settled yet: for the order there is no payment so far. */
const isUntouched = (payment: Payment): boolean =>
  payment.status === 'initiated' &&
  payment.intent === undefined &&
  payment.captureRequested === undefined &&
  !isCaptured(payment);

export const internalEndpoints = [
  implement(askPayment, services('sales'), async ({ body }, ctx) => {
    const { orderId, revision, companyId, shopId, customerId, paymentMethod: gateway, amount, currency, capture } = body;
    const order = { orderId, companyId, shopId, customerId, gateway, revision, amount, currency };
    const payment = await askForOrder(ctx, order, capture ? captureOf(revision) : undefined);
    return isUntouched(payment)
      ? { status: 'none' as const }
      : { status: payment.status, paymentId: payment._id, revision: payment.revision };
  }),
];
