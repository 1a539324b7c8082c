import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Times of what no successor has ended yet. */
export const NEVER = new Date('9999-01-01T00:00:00Z');
/** A key that verifies nothing any more, by any replica's clock. */
export const LONG_AGO = new Date(0);

/** A key that access tokens are signed with, by its thumbprint. One that is gone is kept without its private half, so that it never comes back. */
export interface SigningKey {
  _id: string;
  firstSeenAt: Date;
  x: string;
  y: string;
  /** The private half as PKCS8 PEM; taken away once nothing is signed with it any more. */
  sealedKey?: string | undefined;
  signsFrom: Date;
  signsUntil: Date;
  /** Until then it is published. */
  verifiesUntil: Date;
  /** Since when it counts as compromised. */
  refusedAt?: Date | undefined;
}

const when = { type: Date, required: true };

export const signingKeys = defineStore<SigningKey>({
  name: 'signing_keys',
  schema: new Schema<SigningKey>({
    _id: String,
    firstSeenAt: when,
    x: { type: String, required: true },
    y: { type: String, required: true },
    sealedKey: String,
    signsFrom: when,
    signsUntil: when,
    verifiesUntil: when,
    refusedAt: Date,
  })
    .index({ signsUntil: 1 })
    .index({ verifiesUntil: 1 })
    .index({ signsFrom: -1, _id: -1 }),
  scope: {},
});
