import { PAYMENT_STATUSES } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { DiscardedIntent, Intent, Payment, Refund } from './payment.rules.ts';

const within = { _id: false };
const whole = { type: Number, required: true, validate: Number.isSafeInteger };
const text = { type: String, required: true };

const intent = new Schema<Intent>({ id: text, clientSecret: text, amount: whole, status: text }, within);
const discarded = new Schema<DiscardedIntent>({ id: text, revision: whole, amount: whole, announced: Boolean }, within);
const refund = new Schema<Refund>(
  { id: text, amount: whole, reason: text, note: String, status: text, requestedAt: Date, gatewayRefundId: String },
  within,
);

const schema = new Schema<Payment>({
  _id: String,
  version: whole,
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
  orderId: text,
  companyId: text,
  shopId: String,
  customerId: String,
  gateway: String,
  revision: whole,
  amount: whole,
  currency: text,
  status: { type: String, enum: PAYMENT_STATUSES, required: true },
  intent,
  intentCount: whole,
  discarded: [discarded],
  captureRequested: Number,
  delivered: { type: Boolean, required: true },
  cancel: new Schema({ reason: String, at: Date }, within),
  capturedAmount: whole,
  capturedAt: Date,
  refundedAmount: whole,
  refunds: [refund],
  dispute: new Schema({ id: String, at: Date }, within),
  attempts: whole,
  tries: whole,
  nextCheckAt: Date,
  traceparent: String,
})
  .index({ orderId: 1 }, { unique: true })
  .index({ createdAt: -1, _id: -1 })
  .index({ status: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, status: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, shopId: 1, createdAt: -1, _id: -1 })
  .index({ companyId: 1, shopId: 1, status: 1, createdAt: -1, _id: -1 })
  .index({ customerId: 1, createdAt: -1, _id: -1 })
  // Sparse, so that it holds only the payments that something is still to be done for.
  .index({ nextCheckAt: 1 }, { sparse: true });

/** One document per order. */
export const payments = defineStore<Payment>({
  name: 'payments',
  schema,
  scope: { company: 'companyId', shops: 'shopId', own: 'customerId' },
});

/** No money came through it, and nothing is to be done for it any more. */
export const movedNothing = { capturedAmount: 0, nextCheckAt: { $exists: false } };
