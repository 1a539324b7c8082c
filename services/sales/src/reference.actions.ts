import type { CompanySettings } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { keepNewest } from '@souk/service-kit';
import { settingsCopies, shopCopies } from './reference.store.ts';

interface News<Data> {
  data: Data;
  sequence: number;
}

type ShopNews = News<{ shopId: string; companyId: string; warehouseIds: string[]; isActive: boolean }>;

export function rememberShop({ data, sequence }: ShopNews, ctx: Context): Promise<boolean> {
  const { shopId, companyId, warehouseIds, isActive } = data;
  return keepNewest(ctx, shopCopies, { _id: shopId, companyId, warehouseIds, isActive, sequence });
}

export function rememberSettings(
  { data, sequence }: News<{ companyId: string; settings: CompanySettings }>,
  ctx: Context,
): Promise<boolean> {
  return keepNewest(ctx, settingsCopies, { _id: data.companyId, settings: data.settings, sequence });
}
