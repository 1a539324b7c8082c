import { companyCreated, companySettingsUpdated, shopCreated, shopDeleted, shopUpdated } from '@souk/contracts';
import { on } from '@souk/service-kit';
import { rememberSettings, rememberShop } from './reference.actions.ts';

/** What orders need to know of shops and companies. */
export const referenceSubscriptions = [
  on(shopCreated, rememberShop),
  on(shopUpdated, rememberShop),
  on(shopDeleted, ({ data, sequence }, ctx) =>
    rememberShop({ data: { ...data, warehouseIds: [], isActive: false }, sequence }, ctx),
  ),
  on(companyCreated, rememberSettings),
  on(companySettingsUpdated, rememberSettings),
];
