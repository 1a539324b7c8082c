import type { CompanySettings } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Subscription } from '../subscription/subscription.rules.ts';
import { SUBSCRIPTION_STATUSES } from '../subscription/subscription.rules.ts';
import type { SuspensionReason } from '../subscription/suspension.rules.ts';
import { SUSPENSION_REASONS } from '../subscription/suspension.rules.ts';

export interface Contact {
  email?: string | undefined;
  phone?: string | undefined;
  website?: string | undefined;
}

export interface PostalAddress {
  line1?: string | undefined;
  line2?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  postalCode?: string | undefined;
  country?: string | undefined;
}

export interface Branding {
  primaryColor?: string | undefined;
  secondaryColor?: string | undefined;
  accentColor?: string | undefined;
}

/** What other services obey, and the tax number, which only invoices show. */
export interface StoredSettings extends CompanySettings {
  taxNumber: string | null;
}

/** Permissions by the role they are kept from. */
export interface Withheld {
  shop_manager: string[];
  shop_staff: string[];
}

/** Fields that may be empty are null or `{}`, never absent, so that one `$set` writes any change. */
export interface Company {
  _id: string;
  name: string;
  slug: string;
  logo: string | null;
  description: string;
  contactInfo: Contact;
  address: PostalAddress;
  branding: Branding;
  settings: StoredSettings;
  /** What the company keeps from the people of its shops; absent while it never said. */
  withheld?: Withheld;
  ownerId: string | null;
  isActive: boolean;
  /** Absent until the first one. */
  subscription?: Subscription | undefined;
  /** Why it may only read; absent or empty when it may write. */
  suspendedFor?: SuspensionReason[] | undefined;
  /** Set by a delete: the company is gone to everyone and purged 30 days later. */
  deletedAt?: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const within = { _id: false };
const taxZone = new Schema(
  { country: String, state: String, rates: [new Schema({ taxClass: String, rate: Number }, within)] },
  within,
);
const shippingRate = new Schema(
  { minWeightGrams: Number, maxWeightGrams: Number, minTotal: Number, maxTotal: Number, price: Number },
  within,
);
const shippingMethod = new Schema({ methodId: String, name: String, kind: String, rates: [shippingRate] }, within);
const shippingZone = new Schema(
  {
    zoneId: String,
    name: String,
    countries: [String],
    states: { type: [String], default: undefined },
    methods: [shippingMethod],
  },
  within,
);
const settings = new Schema(
  {
    currency: { type: String, required: true },
    timezone: { type: String, required: true },
    taxInclusive: { type: Boolean, required: true },
    taxZones: [taxZone],
    shippingZones: [shippingZone],
    lowStockThreshold: { type: Number, required: true },
    returnWindowDays: { type: Number, required: true },
    reservationSeconds: { type: Number, required: true },
    locales: { type: [String], default: undefined },
    segmentThresholds: new Schema({ silver: Number, gold: Number, platinum: Number }, within),
    taxNumber: String,
  },
  within,
);

const moment = { type: Date, required: true } as const;
const subscription = new Schema<Subscription>(
  {
    planId: { type: String, required: true },
    status: { type: String, enum: SUBSCRIPTION_STATUSES, required: true },
    credit: { type: Number, required: true, min: 0, validate: Number.isSafeInteger },
    currency: { type: String, required: true },
    givenUp: { type: Number, min: 0, validate: Number.isSafeInteger },
    anchorAt: moment,
    period: { type: Number, required: true },
    periodStart: moment,
    periodEnd: moment,
    trialEndsAt: Date,
    cancelsAt: Date,
    overdueInvoiceIds: { type: [String], required: true },
    graceEndsAt: Date,
    nextStepAt: Date,
  },
  within,
);

const schema = new Schema<Company>({
  _id: String,
  name: { type: String, required: true },
  slug: { type: String, required: true },
  logo: String,
  description: String,
  contactInfo: new Schema({ email: String, phone: String, website: String }, within),
  address: new Schema({ line1: String, line2: String, city: String, state: String, postalCode: String, country: String }, within),
  branding: new Schema({ primaryColor: String, secondaryColor: String, accentColor: String }, within),
  settings: { type: settings, required: true },
  withheld: { type: new Schema<Withheld>({ shop_manager: [String], shop_staff: [String] }, within) },
  ownerId: String,
  isActive: { type: Boolean, required: true },
  subscription: { type: subscription, default: undefined },
  suspendedFor: { type: [{ type: String, enum: SUSPENSION_REASONS }], default: undefined },
  deletedAt: Date,
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  // A deleted company keeps its slug until it is purged, so that nobody takes over its links meanwhile.
  .index({ slug: 1 }, { unique: true })
  .index({ name: 1, _id: 1 })
  .index({ deletedAt: 1 }, { sparse: true })
  .index({ 'subscription.nextStepAt': 1 }, { sparse: true });

export const companies = defineStore<Company>({
  name: 'companies',
  schema,
  scope: { company: '_id', public: { isActive: true } },
});

/** Leaves out what was deleted: it is gone to everyone, the platform's staff included. */
export const standing = { deletedAt: { $exists: false } };
