import { roomAppended } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { defineResource, system } from '@souk/service-kit';
import { hub } from './hub.ts';
import { appendToRooms } from './room.batch.ts';
import type { Announcement } from './room.model.ts';

/** Rooms that have grown, and the other replicas have not been told yet, with their newest offsets. */
export const grown = defineResource<Map<string, number>>({ name: 'rooms that have grown', start: () => new Map() });

/** Appends to the rooms' logs, then tells the sockets of this replica and, by a signal, the other replicas. */
export async function announce(ctx: Context, announcement: Announcement): Promise<void> {
  const appended = await ctx.batch(appendToRooms, announcement);
  const rooms = grown.of(ctx);
  // One signal for all that was appended together: their batch ends in one turn of the event loop.
  if (rooms.size === 0 && appended.length > 0) setImmediate(() => tellReplicas(ctx, announcement.causeId));
  for (const message of appended) {
    hub.of(ctx).offer(message);
    rooms.set(message.room, Math.max(message.offset, rooms.get(message.room) ?? 0));
  }
}

/** `causeId` is the first fact among those that the rooms have grown by. */
function tellReplicas(ctx: Context, causeId: string): void {
  const news = grown.of(ctx);
  const rooms = [...news].map(([room, offset]) => ({ room, offset }));
  news.clear();
  ctx.as(system('rooms')).signal(roomAppended, { subject: causeId, data: { rooms } });
}
