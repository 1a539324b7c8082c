import {
  inventoryUpdated,
  notificationSent,
  orderCancelled,
  orderCompleted,
  orderConfirmed,
  orderCreated,
  orderDelivered,
  orderProcessing,
  orderShipped,
  roomAppended,
} from '@souk/contracts';
import { on, onEveryReplica } from '@souk/service-kit';
import { hub } from './hub.ts';
import { announce } from './room.actions.ts';
import { orderAnnouncement, stockAnnouncement, userRoom } from './room.rules.ts';

export const roomSubscriptions = [
  on(orderCreated, (event, ctx) => announce(ctx, orderAnnouncement(event, 'pending'))),
  on(orderConfirmed, (event, ctx) => announce(ctx, orderAnnouncement(event, 'confirmed'))),
  on(orderProcessing, (event, ctx) => announce(ctx, orderAnnouncement(event, 'processing'))),
  on(orderShipped, (event, ctx) => {
    const { complete, shipmentId, carrier, trackingNumber } = event.data;
    return announce(ctx, orderAnnouncement(event, complete ? 'shipped' : 'processing', { shipmentId, carrier, trackingNumber }));
  }),
  on(orderDelivered, (event, ctx) => announce(ctx, orderAnnouncement(event, 'delivered'))),
  on(orderCompleted, (event, ctx) => announce(ctx, orderAnnouncement(event, 'completed'))),
  on(orderCancelled, (event, ctx) => announce(ctx, orderAnnouncement(event, 'cancelled', { reason: event.data.reason }))),
  on(inventoryUpdated, (event, ctx) => announce(ctx, stockAnnouncement(event))),
  on(notificationSent, async (event, ctx) => {
    const { userId, channel, notificationId, template, orderId, at } = event.data;
    if (userId === undefined || channel !== 'in_app') return;
    const data = { notificationId, template, orderId };
    await announce(ctx, { rooms: [userRoom(userId)], event: 'notification:new', causeId: event.id, at: new Date(at), data });
  }),
  onEveryReplica(roomAppended, async ({ data }, ctx) => {
    for (const { room, offset } of data.rooms) hub.of(ctx).tell(room, offset);
  }),
];
