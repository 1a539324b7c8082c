import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { Holiday, Span, WeeklyHours } from './hours/hours.rules.ts';
import type { SetAside } from './warehouses.rules.ts';

export interface Coordinates {
  lat: number;
  lng: number;
}

export interface Location {
  address?: string | undefined;
  city?: string | undefined;
  /** The part of ISO 3166-2 after the hyphen; it and the country decide the tax of a sale over the counter. */
  state?: string | undefined;
  country?: string | undefined;
  coordinates?: Coordinates | undefined;
}

export interface ShopContact {
  email?: string | undefined;
  phone?: string | undefined;
  website?: string | undefined;
}

/** Fields that may be empty are null, `{}` or `[]`, so that one `$set` writes any change; an absent list is an empty one. */
export interface Shop {
  _id: string;
  companyId: string;
  name: string;
  location: Location;
  contactInfo: ShopContact;
  operatingHours: WeeklyHours[];
  holidays?: Holiday[];
  /** Null means the company's. */
  currency: string | null;
  timezone: string | null;
  /** One of `staffIds`. */
  managerId: string | null;
  staffIds: string[];
  /** In the sequence in which they serve the shop. */
  warehouseIds: string[];
  /** Of warehouses in `warehouseIds`. */
  setAside?: SetAside[];
  isActive: boolean;
  /** Set by a delete: the shop is gone to everyone. */
  deletedAt?: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const within = { _id: false };
const span = new Schema<Span>({ opens: String, closes: String }, within);
const coordinates = new Schema<Coordinates>({ lat: Number, lng: Number }, within);

const schema = new Schema<Shop>({
  _id: String,
  companyId: { type: String, required: true },
  name: { type: String, required: true },
  location: new Schema<Location>({ address: String, city: String, state: String, country: String, coordinates }, within),
  contactInfo: new Schema<ShopContact>({ email: String, phone: String, website: String }, within),
  operatingHours: [new Schema<WeeklyHours>({ day: String, opens: String, closes: String }, within)],
  holidays: [new Schema<Holiday>({ date: String, hours: [span] }, within)],
  currency: String,
  timezone: String,
  managerId: String,
  staffIds: [String],
  warehouseIds: [String],
  setAside: [new Schema<SetAside>({ warehouseId: String, basisPoints: Number }, within)],
  isActive: { type: Boolean, required: true },
  deletedAt: Date,
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ companyId: 1, _id: -1 })
  .index({ companyId: 1, name: 1, _id: 1 })
  .index({ name: 1, _id: 1 })
  .index({ isActive: 1, _id: -1 })
  .index({ staffIds: 1 })
  .index({ companyId: 1, 'setAside.warehouseId': 1 })
  .index({ 'location.coordinates.lat': 1, 'location.coordinates.lng': 1 }, { sparse: true });

export const shops = defineStore<Shop>({
  name: 'shops',
  schema,
  scope: { company: 'companyId', shops: '_id', public: { isActive: true } },
});

/** Leaves out what was deleted: it is gone to everyone. */
export const standing = { deletedAt: { $exists: false } };
