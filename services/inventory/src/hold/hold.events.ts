import { orderCancelled, orderConfirmed, orderCreated, orderItemChanged, orderShipped } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { allocateOrder, holdPlacedOrder, releaseOrder, shipOrder } from './hold.actions.ts';

export const holdEvents = [
  on(orderCreated, (event, ctx) => holdPlacedOrder(ctx, event.data)),
  on(orderItemChanged, (event, ctx) => holdPlacedOrder(ctx, event.data)),
  on(orderConfirmed, (event, ctx) => allocateOrder(ctx, event.data)),
  on(orderShipped, (event, ctx) => shipOrder(ctx, event.data)),
  on(orderCancelled, (event, ctx) => releaseOrder(ctx, event.data)),
];
