import { roomAppended } from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { erasures, personalEndpoint, personalJob, personalSubscription } from '@souk/personal-data';
import { defineService } from '@souk/service-kit';
import { config } from './config.ts';
import { hub, socketFigures } from './hub.ts';
import { personal } from './personal.ts';
import { grown } from './room.actions.ts';
import { roomSubscriptions } from './room.events.ts';
import { companyRoom } from './room.rules.ts';
import { messages, roomHeads } from './room.store.ts';
import { openSockets } from './sockets.ts';

/**
 * Websocket tells live clients what happens. One replica appends what a fact says to the logs of the rooms it concerns (room.batch.ts);
 * every replica emits what is in those logs to its own sockets (hub.ts). A client that lost its connection asks `since` its last offset.
 */
export const service = defineService({
  name: 'websocket',
  purpose: 'Live updates over Socket.IO: rooms by right, gap-free offsets.',
  port: 8009,
  config,
  endpoints: [personalEndpoint('websocket', personal)],
  publishes: [roomAppended],
  // Of two that took turns, the slower would tell the older status of an order last.
  singleActiveConsumer: true,
  ...offboarding({
    subscriptions: [...roomSubscriptions, personalSubscription(personal)],
    stores: [messages, roomHeads, erasures],
    jobs: [personalJob(personal)],
    // What was said in the rooms is gone a week after; a head is only how far a room's offsets have come.
    also: [{ store: roomHeads, where: (companyId) => ({ _id: companyRoom(companyId) }) }],
  }),
  resources: [hub, grown],
  figures: socketFigures,
  attach: openSockets,
});
