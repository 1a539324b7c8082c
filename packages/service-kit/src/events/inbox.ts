import mongoose from 'mongoose';
import { defineStore } from '../mongo/store.ts';

/** A consumer's memory of one event: written in the transaction of the event's effect. */
export interface SeenEvent {
  _id: string;
  producer: string;
  position: number;
  at: Date;
  /** It had no effect: it is a dead letter, and may be redriven. */
  setAside?: true;
}

const KEEP_SECONDS = 30 * 24 * 3600;

export const seenEvents = defineStore<SeenEvent>({
  name: 'seen',
  schema: new mongoose.Schema<SeenEvent>({
    _id: String,
    producer: { type: String, required: true },
    position: { type: Number, required: true },
    at: { type: Date, required: true },
    setAside: Boolean,
  })
    .index({ producer: 1, position: 1 })
    .index({ at: 1 }, { expireAfterSeconds: KEEP_SECONDS }),
  scope: {},
});

/** A memo of a unit of work that ran under an Idempotency-Key: what it returned, kept with its effect. */
export interface Memo {
  _id: string;
  value: unknown;
  at: Date;
}

export const memos = defineStore<Memo>({
  name: 'memos',
  schema: new mongoose.Schema<Memo>({
    _id: String,
    value: mongoose.Schema.Types.Mixed,
    at: { type: Date, required: true },
  }).index({ at: 1 }, { expireAfterSeconds: 24 * 3600 }),
  scope: {},
});
