import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { CreditLine, Hold } from './credit.rules.ts';
import { HOLD_STATES } from './credit.rules.ts';

const text = { type: String, required: true } as const;
const whole = { type: Number, required: true, min: 0, validate: Number.isSafeInteger } as const;
const kept = {
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
} as const;

export const creditLines = defineStore<CreditLine>({
  name: 'credit_lines',
  schema: new Schema<CreditLine>({
    _id: String,
    companyId: text,
    customerId: text,
    currency: text,
    limit: whole,
    held: whole,
    owed: whole,
    credit: { type: Number, min: 0, validate: Number.isSafeInteger },
    ...kept,
  })
    .index({ companyId: 1, customerId: 1, _id: 1 })
    .index({ customerId: 1, _id: 1 }),
  scope: { company: 'companyId', own: 'customerId' },
});

export const holds = defineStore<Hold>({
  name: 'holds',
  schema: new Schema<Hold>({
    _id: String,
    companyId: text,
    customerId: text,
    currency: text,
    state: { type: String, enum: HOLD_STATES, required: true },
    revision: whole,
    amount: whole,
    refusal: new Schema({ revision: Number, reason: String }, { _id: false }),
    isCancelled: { type: Boolean, required: true },
    waitingCredit: whole,
    ...kept,
  }).index({ companyId: 1 }),
  scope: { company: 'companyId' },
});
