import {
  orderCancelled,
  orderCaptureRequested,
  orderCreated,
  orderDelivered,
  orderItemChanged,
  returnRefundRequested,
} from '@souk/contracts';
import type { Subscription } from '@souk/service-kit';
import { on } from '@souk/service-kit';
import { captureOf, cashOnDelivery, heed, orderEnd, refundOfReturn } from './order.actions.ts';
import type { OrderNews } from './order.rules.ts';

type Named = Pick<OrderNews, 'orderId' | 'companyId' | 'shopId' | 'customerId' | 'currency'>;
type Placed = Named & { revision: number; paymentMethod: NonNullable<OrderNews['gateway']> };

const named = ({ orderId, companyId, shopId, customerId, currency }: Named): Named => ({
  orderId,
  companyId,
  shopId,
  customerId,
  currency,
});

const placed = (order: Placed, amount: number, traceparent: string | undefined): OrderNews => ({
  ...named(order),
  traceparent,
  gateway: order.paymentMethod,
  revision: order.revision,
  amount,
});

export const subscriptions: readonly Subscription[] = [
  on(orderCreated, ({ data, traceparent }, ctx) => heed(ctx, placed(data, data.pricing.total, traceparent))),
  on(orderItemChanged, ({ data, traceparent }, ctx) => heed(ctx, placed(data, data.pricing.total, traceparent))),
  on(orderCaptureRequested, ({ data }, ctx) =>
    heed(ctx, { ...named(data), revision: data.revision, amount: data.amount }, captureOf(data.revision)),
  ),
  on(orderCancelled, ({ data, traceparent }, ctx) => heed(ctx, placed(data, data.total, traceparent), orderEnd)),
  on(orderDelivered, async ({ data }, ctx) => {
    // The event does not say which revision was delivered: until the order itself is heard of, it makes a stub.
    const order = { ...named(data), gateway: data.paymentMethod, revision: 0, amount: data.total };
    if (data.paymentMethod === 'cash') await heed(ctx, order, cashOnDelivery);
  }),
  on(returnRefundRequested, ({ data }, ctx) => {
    const order = { ...named(data), gateway: data.paymentMethod, revision: 0, amount: 0 };
    return heed(ctx, order, refundOfReturn(data.returnId, data.amount));
  }),
];
