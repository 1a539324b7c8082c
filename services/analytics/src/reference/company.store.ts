import type { Context } from '@souk/service-kit';
import { defineStore, system } from '@souk/service-kit';
import { Schema } from 'mongoose';

/** How a company counts its days and its money, as it told last. */
export interface KnownCompany {
  _id: string;
  currency: string;
  timezone: string;
  sequence: number;
}

const text = { type: String, required: true };

export const knownCompanies = defineStore<KnownCompany>({
  name: 'companies',
  schema: new Schema<KnownCompany>({ _id: String, currency: text, timezone: text, sequence: { type: Number, required: true } }),
  scope: { company: '_id' },
});

/** A company's settings, whoever asks: every member of its staff reads figures by them. */
export const findCompany = (ctx: Context, companyId: string): Promise<KnownCompany | null> =>
  ctx.as(system("a company's zone and currency")).in(knownCompanies).findOne({ _id: companyId });
