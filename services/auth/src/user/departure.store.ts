import type { Role } from '@souk/contracts';
import { ROLES } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Who had an account that was deleted, without anything that names or reaches a person: events and orders still speak of the id. */
export interface Departed {
  _id: string;
  version: number;
  role: Role;
  companyId?: string | undefined;
  deletedAt: Date;
}

export const departed = defineStore<Departed>({
  name: 'departed_users',
  schema: new Schema<Departed>({
    _id: String,
    version: { type: Number, required: true },
    role: { type: String, enum: ROLES, required: true },
    companyId: String,
    deletedAt: { type: Date, required: true },
  }),
  scope: { company: 'companyId', own: '_id' },
});
