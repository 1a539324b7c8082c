import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Channel, Priority, Status } from './notification.rules.ts';
import { CHANNELS, PRIORITIES, STATUSES } from './notification.rules.ts';

/** One message to one person over one channel. It never holds an address or a secret: those are asked for when it is sent. */
export interface Notification {
  _id: string;
  userId: string;
  companyId?: string;
  orderId?: string;
  /** The fact it tells of. */
  eventId: string;
  /** Its template. */
  type: string;
  channel: Channel;
  priority: Priority;
  subject: string;
  content: string;
  /** What its template needs to make the mail. */
  variables: object;
  status: Status;
  reason?: string;
  attempts: number;
  /** When a pending one is to be tried next; moved on while somebody tries, so that nobody else does. */
  dueAt?: Date;
  sentAt?: Date;
  readAt?: Date;
  /** Its facts go on with the trace of the fact it tells of, whoever sends it in the end. */
  traceparent?: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const text = { type: String, required: true } as const;

const schema = new Schema<Notification>({
  _id: String,
  userId: text,
  companyId: String,
  orderId: String,
  eventId: text,
  type: text,
  channel: { type: String, enum: CHANNELS, required: true },
  priority: { type: String, enum: PRIORITIES, required: true },
  subject: text,
  content: text,
  variables: { type: Schema.Types.Mixed, required: true },
  status: { type: String, enum: STATUSES, required: true },
  reason: String,
  attempts: { type: Number, required: true },
  dueAt: Date,
  sentAt: Date,
  readAt: Date,
  traceparent: String,
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  // One fact reaches one person once per channel, also when it is redriven after the inbox has forgotten it.
  .index({ eventId: 1, userId: 1, channel: 1 }, { unique: true })
  .index({ dueAt: 1 }, { sparse: true })
  .index({ channel: 1, status: 1, _id: -1 })
  .index({ userId: 1, _id: -1 })
  .index({ userId: 1, channel: 1, status: 1, _id: -1 })
  .index({ companyId: 1, _id: -1 })
  .index({ companyId: 1, channel: 1, status: 1, _id: -1 });

export const notifications = defineStore<Notification>({
  name: 'notifications',
  schema,
  scope: { company: 'companyId', own: 'userId' },
});
