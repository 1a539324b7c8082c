import type { Role } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** An account as auth told last, guarded by `sequence`: who may be given to a shop. */
export interface Colleague {
  _id: string;
  companyId: string | null;
  role: Role;
  isActive: boolean;
  /** Lost all shops once, by being switched off or moved: the shops it registered with are no longer meant. */
  wasUnstaffed: boolean;
  sequence: number;
}

export const colleagues = defineStore<Colleague>({
  name: 'colleagues',
  schema: new Schema<Colleague>({
    _id: String,
    companyId: String,
    role: { type: String, required: true },
    isActive: { type: Boolean, required: true },
    wasUnstaffed: { type: Boolean, required: true },
    sequence: { type: Number, required: true },
  }).index({ companyId: 1 }),
  scope: { company: 'companyId' },
});
