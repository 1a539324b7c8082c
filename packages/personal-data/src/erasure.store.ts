import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A person whom a service erased, and when it looks again for what has come of them since. Removed once nothing can come any more. */
export interface Erasure {
  /** The user's id, which leads to nobody any more. */
  _id: string;
  erasedAt: Date;
  nextAt: Date;
}

export const erasures = defineStore<Erasure>({
  name: 'erasures',
  schema: new Schema<Erasure>({
    _id: String,
    erasedAt: { type: Date, required: true },
    nextAt: { type: Date, required: true },
  }).index({ nextAt: 1 }),
  scope: {},
});
