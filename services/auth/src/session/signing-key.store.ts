import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A key that tokens were signed with, by its thumbprint, and when a service first started with it: the key itself has no date. */
interface SeenKey {
  _id: string;
  firstSeenAt: Date;
}

export const signingKeys = defineStore<SeenKey>({
  name: 'signing_keys',
  schema: new Schema<SeenKey>({ _id: String, firstSeenAt: { type: Date, required: true } }),
  scope: {},
});
