import {
  companySettingsUpdated,
  productCreated,
  productDeleted,
  productUpdated,
  shopCreated,
  shopDeleted,
  shopUpdated,
} from '@souk/contracts';
import { on } from '@souk/service-kit';
import { keepProduct, keepSettings, keepShop } from './known.actions.ts';

export const knownEvents = [
  on(shopCreated, (event, ctx) => keepShop(ctx, event.data)),
  on(shopUpdated, (event, ctx) => keepShop(ctx, event.data)),
  on(shopDeleted, (event, ctx) => keepShop(ctx, { ...event.data, warehouseIds: [] })),
  on(companySettingsUpdated, (event, ctx) => keepSettings(ctx, event.data)),
  on(productCreated, (event, ctx) => keepProduct(ctx, event.data)),
  on(productUpdated, (event, ctx) => keepProduct(ctx, event.data)),
  on(productDeleted, (event, ctx) => keepProduct(ctx, { ...event.data, variants: [] })),
];
