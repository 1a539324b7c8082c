import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** One message of a gateway. `dueAt` is there until it is worked off. */
export interface Webhook {
  _id: string;
  gateway: string;
  type: string;
  paymentId: string;
  intentId: string;
  receivedAt: Date;
  tries: number;
  dueAt?: Date | undefined;
  doneAt?: Date | undefined;
}

/** Longer than any gateway goes on repeating a webhook. */
const KEPT_SECONDS = 30 * 24 * 3600;

const schema = new Schema<Webhook>({
  _id: String,
  gateway: { type: String, required: true },
  type: { type: String, required: true },
  paymentId: { type: String, required: true },
  intentId: { type: String, required: true },
  receivedAt: { type: Date, required: true },
  tries: { type: Number, required: true },
  dueAt: Date,
  doneAt: Date,
})
  .index({ dueAt: 1 }, { sparse: true })
  .index({ receivedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

/** What gateways told us, by their own event ids, so that a repeat is known. */
export const webhooks = defineStore<Webhook>({ name: 'webhooks', schema, scope: {} });
