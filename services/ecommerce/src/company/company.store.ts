import type { CompanySettings } from '@souk/contracts';
import { defineStore } from '@souk/service-kit';
import { Schema } from 'mongoose';
import type { CompanyStanding } from './company.rules.ts';

/** What the catalogue knows of a company. Settings and standing are each guarded by the sequence of the event that said so. */
export interface KnownCompany {
  _id: string;
  settings?: CompanySettings;
  settingsSequence: number;
  standing: CompanyStanding;
  standingSequence: number;
}

export const companies = defineStore<KnownCompany>({
  name: 'companies',
  schema: new Schema<KnownCompany>({
    _id: String,
    settings: Schema.Types.Mixed,
    settingsSequence: { type: Number, required: true },
    standing: { type: String, required: true, enum: ['active', 'deleted'] },
    standingSequence: { type: Number, required: true },
  }).index({ standing: 1 }),
  scope: { company: '_id' },
});

/** What the catalogue knows of a shop; one that was deleted stays, not active. */
export interface KnownShop {
  _id: string;
  companyId: string;
  isActive: boolean;
  country?: string | undefined;
  state?: string | undefined;
  sequence: number;
}

export const shops = defineStore<KnownShop>({
  name: 'shops',
  schema: new Schema<KnownShop>({
    _id: String,
    companyId: { type: String, required: true },
    isActive: { type: Boolean, required: true },
    country: String,
    state: String,
    sequence: { type: Number, required: true },
  }).index({ companyId: 1 }),
  scope: { company: 'companyId' },
});
