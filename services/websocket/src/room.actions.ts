import { roomAppended } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { hub } from './hub.ts';
import { appendToRooms } from './room.batch.ts';
import type { Announcement } from './room.model.ts';

/** Appends to the rooms' logs, then tells the sockets of this replica and, by a signal, the other replicas. */
export async function announce(ctx: Context, announcement: Announcement): Promise<void> {
  const appended = await ctx.batch(appendToRooms, announcement);
  if (appended.length === 0) return;
  const sockets = hub.of(ctx);
  for (const { room, offset } of appended) sockets.tell(room, offset);
  ctx.as(system('rooms')).signal(roomAppended, { subject: announcement.causeId, data: { rooms: appended } });
}
