import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** The second factor of a user, by whose id it goes: begun, and on once `confirmedAt` is set. */
export interface SecondFactor {
  _id: string;
  sealedSecret: string;
  /** The last time step of which a code was taken. */
  lastStep: number;
  /** Digests of the recovery codes that are left. */
  recoveryDigests: string[];
  createdAt: Date;
  confirmedAt?: Date | undefined;
}

export const secondFactors = defineStore<SecondFactor>({
  name: 'second_factors',
  schema: new Schema<SecondFactor>({
    _id: String,
    sealedSecret: { type: String, required: true },
    lastStep: { type: Number, required: true },
    recoveryDigests: { type: [String], required: true },
    createdAt: { type: Date, required: true },
    confirmedAt: Date,
  }),
  scope: { own: '_id' },
});
