import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export type MailPurpose = 'verify_email' | 'reset_password';

/** The right to do one thing once, handed out by mail. The id is the digest of the token. */
export interface MailToken {
  _id: string;
  userId: string;
  purpose: MailPurpose;
  expiresAt: Date;
}

export const mailTokens = defineStore<MailToken>({
  name: 'mail_tokens',
  schema: new Schema<MailToken>({
    _id: String,
    userId: { type: String, required: true },
    purpose: { type: String, enum: ['verify_email', 'reset_password'], required: true },
    expiresAt: { type: Date, required: true },
  })
    .index({ userId: 1, purpose: 1 })
    .index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
  scope: {},
});
