import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Invoice, Line } from './invoice.rules.ts';
import { INVOICE_STATUSES, LINE_KINDS } from './invoice.rules.ts';

const text = { type: String, required: true } as const;
const moment = { type: Date, required: true } as const;
const whole = { type: Number, required: true, validate: Number.isSafeInteger } as const;

const line = new Schema<Line>(
  { kind: { type: String, enum: LINE_KINDS, required: true }, amount: whole, planId: String, periodStart: Date, periodEnd: Date },
  { _id: false },
);

/** The platform's books: kept when the company is purged, for they hold no personal data and must have no gaps. */
export const invoices = defineStore<Invoice>({
  name: 'invoices',
  schema: new Schema<Invoice>({
    _id: String,
    companyId: text,
    number: text,
    currency: text,
    lines: [line],
    total: { ...whole, min: 0 },
    status: { type: String, enum: INVOICE_STATUSES, required: true },
    issuedAt: moment,
    dueAt: moment,
    settledAt: Date,
    debtId: String,
  })
    .index({ companyId: 1, _id: -1 })
    .index({ number: 1 }, { unique: true }),
  scope: { company: 'companyId' },
});

/** The last number that an invoice of a year has. It grows in the transaction that issues one, so there are no gaps. */
export interface InvoiceSeries {
  _id: string;
  last: number;
}

export const invoiceSeries = defineStore<InvoiceSeries>({
  name: 'invoice_series',
  schema: new Schema<InvoiceSeries>({ _id: String, last: { type: Number, required: true } }),
  scope: {},
});
