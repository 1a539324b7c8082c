import type { Tx } from '@souk/service-kit';
import { defineStore, system } from '@souk/service-kit';
import { Schema } from 'mongoose';

/**
 * Written by transactions of which each reads what the other writes elsewhere: side by side, the later of the two runs again and sees the
 * earlier one's work.
 */
export interface Guard {
  _id: string;
  touched: number;
}

export const guards = defineStore<Guard>({
  name: 'guards',
  schema: new Schema<Guard>({ _id: String, touched: { type: Number, required: true } }),
  scope: {},
});

/** Who may still be switched off. */
export const SUPER_ADMINS = 'super-admins';
/** Which key signs. */
export const KEY_RING = 'key-ring';
/** Who works in a shop, and whether it is there. */
export const shopGuard = (shopId: string): string => `shop:${shopId}`;
/** Who has an account with a company, and whether it is there. */
export const companyGuard = (companyId: string): string => `company:${companyId}`;

export async function takeTurn(tx: Tx, guard: string): Promise<void> {
  await tx
    .as(system('transactions that exclude each other'))
    .in(guards)
    .updateOne({ _id: guard }, { $inc: { touched: 1 } }, { upsert: true });
}
