import type { companySettingsUpdated, EventData, productUpdated } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { keepNewest } from '@souk/service-kit';
import { knownCompanies } from './company.store.ts';
import { knownProducts } from './product.store.ts';

interface Told<Data> {
  data: Data;
  sequence: number;
}

export type ToldSettings = Told<Pick<EventData<typeof companySettingsUpdated>, 'companyId' | 'settings'>>;
export type ToldProduct = Told<Pick<EventData<typeof productUpdated>, 'productId' | 'companyId' | 'name'>>;

/** Keeps a company's zone and currency. */
export function keepCompany({ data: { companyId, settings }, sequence }: ToldSettings, ctx: Context): Promise<boolean> {
  const { currency, timezone } = settings;
  return keepNewest(ctx, knownCompanies, { _id: companyId, currency, timezone, sequence });
}

/** Keeps a product's name. What was sold keeps it when the product is gone. */
export function keepProduct({ data: { productId, companyId, name }, sequence }: ToldProduct, ctx: Context): Promise<boolean> {
  return keepNewest(ctx, knownProducts, { _id: productId, companyId, name, sequence });
}
