import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A login that was begun at a provider. The id is the digest of its `state`. */
export interface Flow {
  _id: string;
  provider: string;
  /** Of the secret that the client keeps: whoever is lured into somebody else's login does not have it. */
  flowDigest: string;
  nonce: string;
  expiresAt: Date;
}

export const flows = defineStore<Flow>({
  name: 'oidc_flows',
  schema: new Schema<Flow>({
    _id: String,
    provider: { type: String, required: true },
    flowDigest: { type: String, required: true },
    nonce: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  }).index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
  scope: {},
});
