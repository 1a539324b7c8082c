import type { Tx } from '@souk/service-kit';
import { defineStore, system } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Whether a user works in a shop, as the shop service said last; `sequence` tells an older word from a newer one. */
export interface Staffing {
  _id: string;
  isAssigned: boolean;
  sequence: number;
}

export const staffings = defineStore<Staffing>({
  name: 'staffings',
  schema: new Schema<Staffing>({
    _id: String,
    isAssigned: { type: Boolean, required: true },
    sequence: { type: Number, required: true },
  }),
  scope: {},
});

export const staffingKey = ({ shopId, userId }: { shopId: string; userId: string }): string => `${shopId}:${userId}`;

/** A shop or company that is gone: late words about it change nothing. */
export interface Tombstone {
  _id: string;
  at: Date;
}

export const tombstones = defineStore<Tombstone>({
  name: 'tombstones',
  schema: new Schema<Tombstone>({ _id: String, at: { type: Date, required: true } }),
  scope: {},
});

export const companyTombstone = (companyId: string): string => `company:${companyId}`;

/** Whether a company was deleted; customers have none. */
export async function isGone(tx: Tx, companyId: string | undefined): Promise<boolean> {
  if (companyId === undefined) return false;
  const books = tx.as(system('which companies are gone'));
  return (await books.in(tombstones).findOne({ _id: companyTombstone(companyId) })) !== null;
}
