import { orderCancelled, orderConfirmed, paymentRefunded, userErased } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { forgetDebtor } from '../debt/debt.actions.ts';
import { creditOrder, oweForOrder, releaseOrder } from './order.actions.ts';

export const orderEvents = [
  on(orderConfirmed, ({ data }, ctx) => oweForOrder(ctx, data)),
  on(orderCancelled, ({ data }, ctx) => releaseOrder(ctx, data)),
  on(paymentRefunded, ({ data }, ctx) => creditOrder(ctx, data)),
  on(userErased, ({ data }, ctx) => forgetDebtor(ctx, data.userId)),
];
