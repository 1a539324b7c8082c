import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export const ROUND_KINDS = ['company_closed', 'shop_closed', 'permissions_withheld'] as const;

/** People who are yet to be told of something, page by page. It is removed with the last page. */
export interface Round {
  _id: string;
  kind: (typeof ROUND_KINDS)[number];
  /** The company or shop that it concerns. */
  aboutId: string;
  /** The last user of the page before; empty at first. */
  after: string;
  movedAt: Date;
}

export const rounds = defineStore<Round>({
  name: 'rounds',
  schema: new Schema<Round>({
    _id: String,
    kind: { type: String, enum: ROUND_KINDS, required: true },
    aboutId: { type: String, required: true },
    after: { type: String, default: '' },
    movedAt: { type: Date, required: true },
  })
    .index({ kind: 1 })
    .index({ movedAt: 1 }),
  scope: {},
});
