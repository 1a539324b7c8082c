import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

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

/** Hours of one day in the shop's zone, `HH:MM`; `closes` before `opens` means the next day. */
export interface OpeningHours {
  day: 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
  opens: string;
  closes: string;
}

/** Fields that may be empty are null, `{}` or `[]`, never absent, so that one `$set` writes any change. */
export interface Shop {
  _id: string;
  companyId: string;
  name: string;
  location: Location;
  contactInfo: ShopContact;
  operatingHours: OpeningHours[];
  /** Null means the company's. */
  currency: string | null;
  timezone: string | null;
  /** One of `staffIds`. */
  managerId: string | null;
  staffIds: string[];
  /** In the sequence in which they serve the shop. */
  warehouseIds: string[];
  isActive: boolean;
  /** Set by a delete: the shop is gone to everyone. */
  deletedAt?: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const within = { _id: false };
const coordinates = new Schema<Coordinates>({ lat: Number, lng: Number }, within);

const schema = new Schema<Shop>({
  _id: String,
  companyId: { type: String, required: true },
  name: { type: String, required: true },
  location: new Schema<Location>({ address: String, city: String, state: String, country: String, coordinates }, within),
  contactInfo: new Schema<ShopContact>({ email: String, phone: String, website: String }, within),
  operatingHours: [new Schema<OpeningHours>({ day: String, opens: String, closes: String }, within)],
  currency: String,
  timezone: String,
  managerId: String,
  staffIds: [String],
  warehouseIds: [String],
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
  .index({ 'location.coordinates.lat': 1, 'location.coordinates.lng': 1 }, { sparse: true });

export const shops = defineStore<Shop>({
  name: 'shops',
  schema,
  scope: { company: 'companyId', shops: '_id', public: { isActive: true } },
});

/** Leaves out what was deleted: it is gone to everyone. */
export const standing = { deletedAt: { $exists: false } };
