import { orderCancelled, orderCreated, orderItemChanged } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { dismissOrder, reviseOrder, welcomeOrder } from './order.actions.ts';

export const orderSubscriptions = [
  on(orderCreated, ({ data }, ctx) => welcomeOrder(data, ctx)),
  on(orderItemChanged, ({ data }, ctx) => reviseOrder(data, ctx)),
  on(orderCancelled, ({ data }, ctx) => dismissOrder(data, ctx)),
];
