import type { CompanySettings } from '@souk/contracts';
import type { Db } from '@souk/service-kit';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** A shop as its service last told of it. */
export interface ShopCopy {
  _id: string;
  companyId: string;
  warehouseIds: string[];
  isActive: boolean;
  sequence: number;
}

export const shopCopies = defineStore<ShopCopy>({
  name: 'shops',
  schema: new Schema<ShopCopy>({
    _id: String,
    companyId: { type: String, required: true },
    warehouseIds: { type: [String], required: true },
    isActive: { type: Boolean, required: true },
    sequence: { type: Number, required: true },
  }).index({ companyId: 1 }),
  scope: { company: 'companyId', shops: '_id', public: { isActive: true } },
});

/** A company's settings as its service last told of them. */
export interface SettingsCopy {
  _id: string;
  settings: CompanySettings;
  sequence: number;
}

export const settingsCopies = defineStore<SettingsCopy>({
  name: 'company_settings',
  schema: new Schema<SettingsCopy>({
    _id: String,
    settings: { type: Schema.Types.Mixed, required: true },
    sequence: { type: Number, required: true },
  }),
  scope: { company: '_id' },
});

const DEFAULT_RESERVATION_SECONDS = 900;

export const findShop = (db: Db, shopId: string): Promise<ShopCopy | null> => db.in(shopCopies).findOne({ _id: shopId });

/** How long a company's orders hold their goods before they are paid. */
export async function reservationSeconds(db: Db, companyId: string): Promise<number> {
  const known = await db.in(settingsCopies).findOne({ _id: companyId });
  return known?.settings.reservationSeconds ?? DEFAULT_RESERVATION_SECONDS;
}

/** Whether there is such a company, as far as its service has told. */
export const knowsCompany = async (db: Db, companyId: string): Promise<boolean> =>
  (await db.in(settingsCopies).count({ _id: companyId }, 1)) > 0;
