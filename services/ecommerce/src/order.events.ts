import { orderCancelled, orderCreated, orderItemChanged, userErased } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { forgetCart } from './cart/cart.actions.ts';
import { dismissOrder, reviseOrder, welcomeOrder } from './order.actions.ts';

export const orderSubscriptions = [
  on(orderCreated, ({ data }, ctx) => welcomeOrder(data, ctx)),
  on(orderItemChanged, ({ data }, ctx) => reviseOrder(data, ctx)),
  on(orderCancelled, ({ data }, ctx) => dismissOrder(data, ctx)),
  on(userErased, ({ data }, ctx) => forgetCart(data.userId, ctx)),
];
