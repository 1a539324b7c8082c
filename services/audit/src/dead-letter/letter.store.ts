import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export const LETTER_STATUSES = ['kept', 'redriven', 'discarded'] as const;
export type LetterStatus = (typeof LETTER_STATUSES)[number];

/** An event that one consumer could not work off. `_id` is made of both, so that a letter that comes twice is one. */
export interface Letter {
  _id: string;
  /** Null when a sidecar gave up, which does not say for whom. */
  consumer: string | null;
  reason: string;
  type: string | null;
  companyId: string | null;
  /** As it was delivered; not even its form is certain. */
  event: unknown;
  status: LetterStatus;
  /** How often it came. */
  times: number;
  firstAt: Date;
  lastAt: Date;
  closedAt?: Date;
  closedBy?: string;
}

const moment = { type: Date, required: true };

export const deadLetters = defineStore<Letter>({
  name: 'dead_letters',
  schema: new Schema<Letter>({
    _id: String,
    consumer: String,
    reason: { type: String, required: true },
    type: String,
    companyId: String,
    event: Schema.Types.Mixed,
    status: { type: String, required: true, enum: LETTER_STATUSES },
    times: { type: Number, required: true },
    firstAt: moment,
    lastAt: moment,
    closedAt: Date,
    closedBy: String,
  })
    .index({ lastAt: 1, _id: 1 })
    .index({ status: 1, lastAt: 1, _id: 1 })
    .index({ consumer: 1, lastAt: 1, _id: 1 }),
  scope: { company: 'companyId' },
});
