import type { Db } from '@souk/service-kit';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Message, RoomHead } from './room.model.ts';

const KEEP_SECONDS = 7 * 24 * 3600;

export const messages = defineStore<Message>({
  name: 'messages',
  schema: new Schema<Message>({
    _id: String,
    room: { type: String, required: true },
    offset: { type: Number, required: true },
    event: { type: String, required: true },
    causeId: { type: String, required: true },
    at: { type: Date, required: true },
    data: Schema.Types.Mixed,
  })
    .index({ room: 1, offset: 1 }, { unique: true })
    .index({ at: 1 }, { expireAfterSeconds: KEEP_SECONDS }),
  scope: {},
});

export const roomHeads = defineStore<RoomHead>({
  name: 'rooms',
  schema: new Schema<RoomHead>({
    _id: String,
    offset: { type: Number, required: true },
    ver: { type: Number, required: true },
  }),
  scope: {},
});

/** The offset of the newest message of a room; 0 while there is none. */
export async function headOf(db: Db, room: string): Promise<number> {
  return (await db.in(roomHeads).findOne({ _id: room }))?.offset ?? 0;
}

/** Offsets of those of `rooms` that have any message. */
export async function headsOf(db: Db, rooms: readonly string[]): Promise<Map<string, number>> {
  const heads = await db.in(roomHeads).find({ _id: { $in: rooms } });
  return new Map(heads.map(({ _id, offset }) => [_id, offset]));
}

/** Messages of a room after an offset, in sequence. */
export const messagesAfter = (db: Db, place: { room: string; offset: number }, limit: number): Promise<Message[]> =>
  db.in(messages).find({ room: place.room, offset: { $gt: place.offset } }, { sort: { offset: 1 }, limit });
