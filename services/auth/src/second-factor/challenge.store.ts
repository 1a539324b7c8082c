import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export type LoginMethod = 'password' | 'oidc';

/** A login that lacks the second factor only. The id is the digest of what the client was given. */
export interface Challenge {
  _id: string;
  userId: string;
  method: LoginMethod;
  /** As the account had it: a new password, other rights or the end of all sessions void the challenge. */
  tokensFrom: number;
  expiresAt: Date;
}

export const challenges = defineStore<Challenge>({
  name: 'login_challenges',
  schema: new Schema<Challenge>({
    _id: String,
    userId: { type: String, required: true },
    method: { type: String, enum: ['password', 'oidc'], required: true },
    tokensFrom: { type: Number, required: true },
    expiresAt: { type: Date, required: true },
  })
    .index({ userId: 1 })
    .index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
  scope: {},
});
