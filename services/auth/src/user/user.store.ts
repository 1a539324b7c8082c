import type { Role } from '@souk/contracts';
import { ROLES } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export interface User {
  _id: string;
  version: number;
  /** In its normal form; unique. */
  email: string;
  name: string;
  phone?: string | undefined;
  locale?: string | undefined;
  role: Role;
  companyId?: string | undefined;
  shopIds: string[];
  /** Absent until an invited colleague has set one. */
  passwordHash?: string | undefined;
  isActive: boolean;
  isVerified: boolean;
  /** Access tokens issued before this second are void. */
  tokensFrom: number;
  lastSeenAt?: Date | undefined;
  createdAt: Date;
  updatedAt: Date;
}

/** Fields that name or reach a person, or let somebody in: events name them without their values. */
export const PERSONAL = ['email', 'name', 'phone', 'locale', 'passwordHash', 'lastSeenAt'] as const;

export const users = defineStore<User>({
  name: 'users',
  schema: new Schema<User>({
    _id: String,
    version: { type: Number, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    phone: String,
    locale: String,
    role: { type: String, enum: ROLES, required: true },
    companyId: String,
    shopIds: { type: [String], required: true },
    passwordHash: String,
    isActive: { type: Boolean, required: true },
    isVerified: { type: Boolean, required: true },
    tokensFrom: { type: Number, required: true },
    lastSeenAt: Date,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  })
    .index({ email: 1 }, { unique: true })
    .index({ createdAt: -1, _id: -1 })
    .index({ role: 1, createdAt: -1, _id: -1 })
    .index({ isActive: 1, createdAt: -1, _id: -1 })
    .index({ companyId: 1, createdAt: -1, _id: -1 })
    .index({ companyId: 1, role: 1, createdAt: -1, _id: -1 })
    .index({ companyId: 1, isActive: 1, createdAt: -1, _id: -1 })
    .index({ shopIds: 1, createdAt: -1, _id: -1 })
    .index({ companyId: 1, _id: 1 })
    .index({ shopIds: 1, _id: 1 }),
  scope: { company: 'companyId', shops: 'shopIds', own: '_id' },
});
