import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** One login on one device, and the family of its refresh tokens. A session that ended is deleted. */
export interface Session {
  _id: string;
  userId: string;
  userAgent?: string | undefined;
  ip?: string | undefined;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

export const sessions = defineStore<Session>({
  name: 'sessions',
  schema: new Schema<Session>({
    _id: String,
    userId: { type: String, required: true },
    userAgent: String,
    ip: String,
    createdAt: { type: Date, required: true },
    lastUsedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  })
    .index({ userId: 1, createdAt: -1, _id: -1 })
    .index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
  scope: { own: 'userId' },
});

/** The id is the digest of the token. A spent one is kept: when it comes back, somebody has copied it. */
export interface RefreshToken {
  _id: string;
  sessionId: string;
  userId: string;
  usedAt?: Date | undefined;
  expiresAt: Date;
}

export const refreshTokens = defineStore<RefreshToken>({
  name: 'refresh_tokens',
  schema: new Schema<RefreshToken>({
    _id: String,
    sessionId: { type: String, required: true },
    userId: { type: String, required: true },
    usedAt: Date,
    expiresAt: { type: Date, required: true },
  })
    .index({ sessionId: 1 })
    .index({ userId: 1 })
    .index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
  scope: {},
});
