import mongoose from 'mongoose';
import { defineStore } from '../mongo/store.ts';

/** Since when a service listens to a type: what is older is history, for replays and not for the sweep. */
export interface SubscriptionStart {
  _id: string;
  since: Date;
}

export const subscriptionStarts = defineStore<SubscriptionStart>({
  name: 'subscription_starts',
  schema: new mongoose.Schema<SubscriptionStart>({ _id: String, since: { type: Date, required: true } }),
  scope: {},
});

/** Up to which position of a producer's log everything is known to have been applied. */
export interface SweepCursor {
  _id: string;
  position: number;
}

export const sweepCursors = defineStore<SweepCursor>({
  name: 'sweep_cursors',
  schema: new mongoose.Schema<SweepCursor>({ _id: String, position: { type: Number, required: true } }),
  scope: {},
});
