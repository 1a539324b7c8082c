import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export const INVARIANT = 'ledger_balanced';

/** What the check of the ledger found last: one replica checks, every replica is scraped. */
export interface CheckedInvariant {
  _id: typeof INVARIANT;
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
