import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export const INVARIANTS = ['stock_as_moved', 'stock_as_held', 'stock_not_oversold'] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** What the self-check found last of one invariant: one replica checks, every replica is scraped. */
export interface CheckedInvariant {
  _id: Invariant;
  faults: number;
  at: Date;
}

export const checkedInvariants = defineStore<CheckedInvariant>({
  name: 'checked_invariants',
  schema: new Schema<CheckedInvariant>({
    _id: String,
    faults: { type: Number, required: true },
    at: { type: Date, required: true },
  }),
  scope: {},
});
