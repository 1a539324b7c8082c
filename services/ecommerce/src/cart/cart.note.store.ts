import type { cartItemAdded, cartUpdated, EventData } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/**
 * The facts of one change of a cart, written down before the change and struck out with their publication: the state store has no part
 * in our transactions, so that a process may die between the two.
 */
export interface CartNote {
  /** User and key of the change. */
  _id: string;
  userId: string;
  /** By which the changed cart knows the change. */
  key: string;
  version: number;
  updated: EventData<typeof cartUpdated>;
  added?: EventData<typeof cartItemAdded>;
  at: Date;
}

export const cartNotes = defineStore<CartNote>({
  name: 'cart_notes',
  schema: new Schema<CartNote>({
    _id: String,
    userId: { type: String, required: true },
    key: { type: String, required: true },
    version: { type: Number, required: true },
    updated: { type: Schema.Types.Mixed, required: true },
    added: Schema.Types.Mixed,
    at: { type: Date, required: true },
  })
    .index({ at: 1 })
    .index({ userId: 1 }),
  scope: { own: 'userId' },
});
