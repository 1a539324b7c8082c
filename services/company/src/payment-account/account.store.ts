import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

export const GATEWAYS = ['stripe', 'paypal'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** A company's own account with a payment gateway. `_id` is `company:gateway`. */
export interface PaymentAccount {
  _id: string;
  companyId: string;
  gateway: GatewayName;
  /** The keys, encrypted. */
  sealed: string;
  /** The end of the secret key, by which people know it again. */
  lastFour: string;
  connectedAt: Date;
}

const text = { type: String, required: true } as const;

export const paymentAccounts = defineStore<PaymentAccount>({
  name: 'payment_accounts',
  schema: new Schema<PaymentAccount>({
    _id: String,
    companyId: text,
    gateway: { type: String, enum: GATEWAYS, required: true },
    sealed: text,
    lastFour: text,
    connectedAt: { type: Date, required: true },
  }).index({ companyId: 1, gateway: 1 }),
  scope: { company: 'companyId' },
});
