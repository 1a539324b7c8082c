import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Debt } from './debt.rules.ts';
import { DEBT_STATUSES, DEBT_TYPES } from './debt.rules.ts';

const text = { type: String, required: true } as const;
const whole = { type: Number, required: true, min: 0, validate: Number.isSafeInteger } as const;

const schema = new Schema<Debt>({
  _id: String,
  creditorId: String,
  debtorType: { type: String, enum: ['company', 'customer'], required: true },
  debtorId: text,
  companyId: text,
  type: { type: String, enum: DEBT_TYPES, required: true },
  currency: text,
  amount: whole,
  paid: whole,
  moneyPaid: { type: Number, min: 0, validate: Number.isSafeInteger },
  writtenOff: whole,
  status: { type: String, enum: DEBT_STATUSES, required: true },
  dueAt: { type: Date, required: true },
  orderId: String,
  invoiceId: String,
  note: String,
  remindedAt: Date,
  overdueAt: Date,
  nextStepAt: Date,
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ orderId: 1 }, { unique: true, sparse: true })
  .index({ invoiceId: 1 }, { unique: true, sparse: true })
  .index({ nextStepAt: 1 }, { sparse: true })
  .index({ companyId: 1, _id: -1 })
  .index({ companyId: 1, status: 1, _id: -1 })
  .index({ companyId: 1, status: 1, dueAt: 1, _id: 1 })
  .index({ companyId: 1, debtorId: 1, _id: -1 })
  .index({ debtorId: 1, _id: -1 })
  .index({ debtorId: 1, status: 1, _id: -1 })
  .index({ status: 1, dueAt: 1, _id: 1 })
  .index({ status: 1, _id: -1 });

export const debts = defineStore<Debt>({ name: 'debts', schema, scope: { company: 'companyId', own: 'debtorId' } });

export const PAYMENT_KINDS = ['payment', 'credit'] as const;
export const PAYMENT_METHODS = ['cash', 'bank_transfer', 'card', 'other'] as const;

/** Money that came in for a debt, or a credit: part of the order came back. Inserted and read, never changed but to be erased. */
export interface DebtPayment {
  _id: string;
  debtId: string;
  companyId: string;
  debtorId: string;
  kind: (typeof PAYMENT_KINDS)[number];
  amount: number;
  currency: string;
  method?: (typeof PAYMENT_METHODS)[number] | undefined;
  /** Typed by staff. */
  reference?: string | undefined;
  /** The payment it came through. */
  paymentId?: string | undefined;
  recordedBy?: string | undefined;
  at: Date;
}

export const debtPayments = defineStore<DebtPayment>({
  name: 'payments',
  schema: new Schema<DebtPayment>({
    _id: String,
    debtId: text,
    companyId: text,
    debtorId: text,
    kind: { type: String, enum: PAYMENT_KINDS, required: true },
    amount: whole,
    currency: text,
    method: { type: String, enum: PAYMENT_METHODS },
    reference: String,
    paymentId: String,
    recordedBy: String,
    at: { type: Date, required: true },
  })
    .index({ debtId: 1, _id: -1 })
    .index({ debtorId: 1 }),
  scope: { company: 'companyId', own: 'debtorId' },
});
