import type { Role } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** Money of one company's orders in one currency, in minor units. `_id` is `company:currency`. */
export interface Revenue {
  _id: string;
  companyId: string;
  currency: string;
  captured: number;
  refunded: number;
  /** Orders that were paid. */
  orders: number;
}

/** That a customer has paid a company at least once. `_id` is `company:customer`. */
export interface Buyer {
  _id: string;
  companyId: string;
}

/** Shops as the shop service told last, guarded by `sequence`. */
export interface CompanyShop {
  _id: string;
  companyId: string;
  isOpen: boolean;
  sequence: number;
}

/** Staff accounts as auth told last, guarded by `sequence`. */
export interface CompanyUser {
  _id: string;
  companyId: string | null;
  role: Role;
  isActive: boolean;
  sequence: number;
}

const text = { type: String, required: true };
const number = { type: Number, required: true };
const flag = { type: Boolean, required: true };

export const revenues = defineStore<Revenue>({
  name: 'revenues',
  schema: new Schema<Revenue>({
    _id: String,
    companyId: text,
    currency: text,
    captured: number,
    refunded: number,
    orders: number,
  }).index({
    companyId: 1,
  }),
  scope: { company: 'companyId' },
});

export const buyers = defineStore<Buyer>({
  name: 'buyers',
  schema: new Schema<Buyer>({ _id: String, companyId: text }).index({ companyId: 1 }),
  scope: { company: 'companyId' },
});

export const companyShops = defineStore<CompanyShop>({
  name: 'company_shops',
  schema: new Schema<CompanyShop>({ _id: String, companyId: text, isOpen: flag, sequence: number }).index({
    companyId: 1,
    isOpen: 1,
  }),
  scope: { company: 'companyId' },
});

export const companyUsers = defineStore<CompanyUser>({
  name: 'company_users',
  schema: new Schema<CompanyUser>({ _id: String, companyId: String, role: text, isActive: flag, sequence: number }).index({
    companyId: 1,
    isActive: 1,
  }),
  scope: { company: 'companyId' },
});
