import { createHash } from 'node:crypto';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** An account of an OpenID provider and ours that it opens. The id is a digest of its issuer and subject, which never change. */
export interface Identity {
  _id: string;
  provider: string;
  userId: string;
  createdAt: Date;
}

export const identities = defineStore<Identity>({
  name: 'identities',
  schema: new Schema<Identity>({
    _id: String,
    provider: { type: String, required: true },
    userId: { type: String, required: true },
    createdAt: { type: Date, required: true },
  }).index({ userId: 1 }),
  scope: { own: 'userId' },
});

export const identityKey = ({ iss, sub }: { iss: string; sub: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
