import type { Address } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** An entry of a user's address book. */
export interface SavedAddress {
  _id: string;
  userId: string;
  version: number;
  address: Address;
  createdAt: Date;
  updatedAt: Date;
}

const text = { type: String, required: true };

export const addresses = defineStore<SavedAddress>({
  name: 'addresses',
  schema: new Schema<SavedAddress>({
    _id: String,
    userId: text,
    version: { type: Number, required: true },
    address: {
      type: new Schema<Address>(
        { name: text, line1: text, line2: String, city: text, state: String, postalCode: text, country: text, phone: String },
        { _id: false },
      ),
      required: true,
    },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  }).index({ userId: 1, createdAt: -1, _id: -1 }),
  scope: { own: 'userId' },
});
