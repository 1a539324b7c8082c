// Inventory knows what each warehouse has of each sku and what of it is promised to orders. It holds an order's lines or says what is
// short, gives back what is not bought, and takes off what leaves; every change of what is on hand is a movement in its ledger. All
// figures are decided by one batch (`stock/stock.batch.ts`), so that however many want the last piece, one gets it.

import {
  inventoryAdjusted,
  inventoryAllocated,
  inventoryBackInStock,
  inventoryHoldBroken,
  inventoryLowStock,
  inventoryOutOfStock,
  inventoryReleased,
  inventoryReservationFailed,
  inventoryReserved,
  inventoryShipped,
  inventoryUpdated,
  warehouseCreated,
  warehouseDeleted,
  warehouseUpdated,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { defineService, job } from '@souk/service-kit';
import { config } from './config.ts';
import { settleOverdueHolds } from './hold/expiry.actions.ts';
import { holdEvents } from './hold/hold.events.ts';
import { holdRoutes } from './hold/hold.routes.ts';
import { holds } from './hold/hold.store.ts';
import { knownEvents } from './known/known.events.ts';
import { knownProducts } from './known/product.store.ts';
import { companySettings } from './known/settings.store.ts';
import { knownShops } from './known/shop.store.ts';
import { goodsRoutes } from './stock/goods.routes.ts';
import { checkedInvariants } from './stock/invariant.store.ts';
import { movements } from './stock/movement.store.ts';
import { checkChangedStock, SELF_CHECK_MS } from './stock/self-check.actions.ts';
import { invariantFigures } from './stock/self-check.figures.ts';
import { stockEvents } from './stock/stock.events.ts';
import { stockRoutes } from './stock/stock.routes.ts';
import { stock } from './stock/stock.store.ts';
import { warehouseRoutes } from './warehouse/warehouse.routes.ts';
import { warehouses } from './warehouse/warehouse.store.ts';

export const service = defineService({
  name: 'inventory',
  purpose: 'What each warehouse has of each sku, and what of it is promised to orders.',
  port: 8007,
  config,
  endpoints: [...warehouseRoutes, ...stockRoutes, ...goodsRoutes, ...holdRoutes],
  publishes: [
    inventoryReserved,
    inventoryReservationFailed,
    inventoryAllocated,
    inventoryReleased,
    inventoryShipped,
    inventoryHoldBroken,
    inventoryUpdated,
    inventoryLowStock,
    inventoryOutOfStock,
    inventoryBackInStock,
    inventoryAdjusted,
    warehouseCreated,
    warehouseUpdated,
    warehouseDeleted,
  ],
  ...offboarding({
    subscriptions: [...holdEvents, ...stockEvents, ...knownEvents],
    // In this sequence a purge that is cut off leaves no stock without its movements.
    stores: [stock, movements, holds, warehouses, knownShops, knownProducts, companySettings, checkedInvariants],
    jobs: [job('settle-overdue-holds', 30_000, settleOverdueHolds), job('check-stock', SELF_CHECK_MS, checkChangedStock)],
  }),
  figures: invariantFigures,
});
