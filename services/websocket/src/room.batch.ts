import type { Tx } from '@souk/service-kit';
import { BatchConflict, defineBatch } from '@souk/service-kit';
import type { Announcement, Message, RoomHead } from './room.model.ts';
import { heardIn } from './room.rules.ts';
import { messages, roomHeads } from './room.store.ts';

/**
 * Appends announcements to their rooms' logs; each room's offsets go on without a gap, whoever else appends. Gives the messages that an
 * announcement became: none, when newer states of the same came with it.
 */
export const appendToRooms = defineBatch<Announcement, Message[]>('rooms', async (entries, tx) => {
  const names = [...new Set(entries.flatMap(({ request }) => request.rooms))];
  const known = await tx.in(roomHeads).find({ _id: { $in: names } });
  const offsets = new Map(names.map((room) => [room, known.find(({ _id }) => _id === room)?.offset ?? 0]));
  const made: Message[] = [];
  const heard = heardIn(entries.map(({ request }) => request));
  const outcomes = entries.map(({ request }, index) => {
    const value = (heard[index] ?? []).map((room) => {
      const offset = (offsets.get(room) ?? 0) + 1;
      offsets.set(room, offset);
      const { event, causeId, at, data } = request;
      return { _id: `${room}#${offset}`, room, offset, event, causeId, at, data };
    });
    made.push(...value);
    return { value };
  });
  await writeHeads(tx, known, offsets);
  await tx.in(messages).insertMany(made);
  return outcomes;
});

async function writeHeads(tx: Tx, known: RoomHead[], offsets: Map<string, number>): Promise<void> {
  const versions = new Map(known.map(({ _id, ver }) => [_id, ver]));
  const writes = [...offsets].map(([room, offset]) => {
    const ver = versions.get(room);
    return ver === undefined
      ? { insertOne: { document: { _id: room, offset, ver: 1 } } }
      : { updateOne: { filter: { _id: room, ver }, update: { $set: { offset }, $inc: { ver: 1 } } } };
  });
  const { modified } = await tx.in(roomHeads).bulkWrite(writes);
  if (modified !== versions.size) throw new BatchConflict();
}
