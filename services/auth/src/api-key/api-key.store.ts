import type { Role } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A service account: a program that speaks for a company, or for the platform, with a key of its own. */
export interface ApiKey {
  _id: string;
  version: number;
  name: string;
  role: Role;
  /** Absent for a key of the platform's own. */
  companyId?: string | undefined;
  /** Of the key, which nobody can tell again; unique. */
  digest: string;
  /** The end of the key, for whoever looks for it in a list. */
  lastFour: string;
  scopes: string[];
  limitPerMinute: number;
  creatorId: string;
  createdAt: Date;
  expiresAt?: Date | undefined;
  /** When a token was made for it last, to the quarter of an hour that one lives. */
  lastUsedAt?: Date | undefined;
}

const text = { type: String, required: true };

export const apiKeys = defineStore<ApiKey>({
  name: 'api_keys',
  schema: new Schema<ApiKey>({
    _id: String,
    version: { type: Number, required: true },
    name: text,
    role: text,
    companyId: String,
    digest: text,
    lastFour: text,
    scopes: { type: [String], required: true },
    limitPerMinute: { type: Number, required: true },
    creatorId: text,
    createdAt: { type: Date, required: true },
    expiresAt: Date,
    lastUsedAt: Date,
  })
    .index({ digest: 1 }, { unique: true })
    .index({ createdAt: -1, _id: -1 })
    .index({ companyId: 1, createdAt: -1, _id: -1 })
    .index({ expiresAt: 1 }, { expireAfterSeconds: 0 }),
  scope: { company: 'companyId' },
});
