import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Promotion } from './promotion.rules.ts';
import type { Redemption, Usage } from './redemption.rules.ts';

export const promotions = defineStore<Promotion>({
  name: 'promotions',
  schema: new Schema<Promotion>({
    _id: String,
    companyId: { type: String, required: true },
    version: { type: Number, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true, enum: ['percent', 'fixed'] },
    value: { type: Number, required: true, min: 0 },
    code: String,
    codeKey: { type: String, required: true },
    minimumSubtotal: { type: Number, required: true },
    productIds: { type: [String], required: true },
    categoryIds: { type: [String], required: true },
    from: Date,
    to: Date,
    limitTotal: Number,
    limitPerCustomer: Number,
    isActive: { type: Boolean, required: true },
    stackable: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  })
    .index({ companyId: 1, codeKey: 1 }, { unique: true })
    .index({ companyId: 1, isActive: 1, _id: 1 })
    .index({ isActive: 1, _id: 1 }),
  scope: { company: 'companyId' },
});

/** Counts of uses. Many orders fight over them: written by the `redeem` batch only. */
export const promotionUsage = defineStore<Usage>({
  name: 'promotion_usage',
  schema: new Schema<Usage>({
    _id: String,
    companyId: { type: String, required: true },
    promotionId: { type: String, required: true },
    customerId: String,
    used: { type: Number, required: true, min: 0 },
    ver: { type: Number, required: true },
  })
    .index({ promotionId: 1 })
    .index({ companyId: 1 }),
  scope: { company: 'companyId' },
});

/** What each order took: its answer, and what to give back. Written by the `redeem` batch only. */
export const redemptions = defineStore<Redemption>({
  name: 'redemptions',
  schema: new Schema<Redemption>({
    _id: String,
    companyId: { type: String, required: true },
    customerId: String,
    revision: { type: Number, required: true },
    state: { type: String, required: true, enum: ['redeemed', 'refused', 'cancelled'] },
    promotionIds: { type: [String], required: true },
    refusedId: String,
    reason: String,
    ver: { type: Number, required: true },
    at: { type: Date, required: true },
  }).index({ companyId: 1 }),
  scope: { company: 'companyId', own: 'customerId' },
});
