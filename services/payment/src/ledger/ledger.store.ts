import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { LedgerEntry, LedgerLine } from '../payment/payment.rules.ts';

const line = new Schema<LedgerLine>(
  { account: { type: String, required: true }, amount: { type: Number, required: true } },
  { _id: false },
);

const schema = new Schema<LedgerEntry>({
  _id: String,
  companyId: { type: String, required: true },
  currency: { type: String, required: true },
  paymentId: { type: String, required: true },
  at: { type: Date, required: true },
  cause: { type: String, required: true },
  lines: { type: [line], required: true },
})
  .index({ at: -1, _id: -1 })
  .index({ companyId: 1, at: -1, _id: -1 })
  .index({ paymentId: 1, at: -1, _id: -1 });

/** Every movement of money, double-entry. Entries are inserted and read, never changed. */
export const ledger = defineStore<LedgerEntry>({ name: 'ledger', schema, scope: { company: 'companyId' } });
