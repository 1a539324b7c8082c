import type { companySettingsUpdated, EventData, productCreated, shopCreated } from '@souk/contracts';
import type { Context, Store, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { stock } from '../stock/stock.store.ts';
import { warehouses } from '../warehouse/warehouse.store.ts';
import { knownProducts } from './product.store.ts';
import { companySettings } from './settings.store.ts';
import { knownShops } from './shop.store.ts';

interface Known {
  _id: string;
  sequence: number;
}

type Shop = Pick<EventData<typeof shopCreated>, 'shopId' | 'companyId' | 'warehouseIds' | 'setAside'>;
type Product = Pick<EventData<typeof productCreated>, 'productId' | 'companyId' | 'variants'>;

/** Keeps another service's fact. False when a newer one is kept already: events may come late. */
async function keep<Doc extends Known>(tx: Tx, store: Store<Doc>, fact: Doc): Promise<boolean> {
  const { _id, ...fields } = fact;
  const known = await tx.in(store).findOne({ _id });
  if (known && known.sequence >= fact.sequence) return false;
  if (known) await tx.in(store).updateOne({ _id }, { $set: fields });
  else await tx.in(store).insertOne(fact);
  return true;
}

/** Who a warehouse and its stock belong to decides their scope, so only the service itself may change it. */
const asOwner = (ctx: Context, reason: string) => ctx.as(system(reason));

const sequenceOf = (ctx: Context): number => ctx.event?.sequence ?? 0;

/** Notes which warehouses serve a shop, whose staff see those and their stock, and what of them is kept for it. */
export function keepShop(ctx: Context, { shopId, companyId, warehouseIds, setAside = [] }: Shop): Promise<void> {
  return asOwner(ctx, 'the warehouses of a shop').transaction(async (tx) => {
    const isNews = await keep(tx, knownShops, { _id: shopId, companyId, warehouseIds, sequence: sequenceOf(ctx) });
    if (!isNews) return;
    const leave = { $pull: { shopIds: shopId } };
    const join = { $addToSet: { shopIds: shopId } };
    await tx
      .in(warehouses)
      .updateMany({ companyId, shopIds: shopId, _id: { $nin: warehouseIds } }, { ...leave, $inc: { version: 1 } });
    await tx.in(stock).updateMany({ companyId, shopIds: shopId, warehouseId: { $nin: warehouseIds } }, leave);
    const joining = { companyId, shopIds: { $ne: shopId } };
    await tx.in(warehouses).updateMany({ ...joining, _id: { $in: warehouseIds } }, { ...join, $inc: { version: 1 } });
    await tx.in(stock).updateMany({ ...joining, warehouseId: { $in: warehouseIds } }, join);
    await keepParts(tx, { shopId, companyId, setAside });
  });
}

/** Writes a shop's parts of its warehouses to these and their stock, where reservations find them. */
async function keepParts(tx: Tx, { shopId, companyId, setAside = [] }: Omit<Shop, 'warehouseIds'>): Promise<void> {
  const kept = { companyId, 'setAside.shopId': shopId };
  const forget = { $pull: { setAside: { shopId } } };
  await tx.in(warehouses).updateMany(kept, forget);
  await tx.in(stock).updateMany(kept, forget);
  for (const { warehouseId, basisPoints } of setAside) {
    const keeping = { $push: { setAside: { shopId, basisPoints } } };
    await tx.in(warehouses).updateMany({ companyId, _id: warehouseId }, keeping);
    await tx.in(stock).updateMany({ companyId, warehouseId }, keeping);
  }
}

export function keepSettings(ctx: Context, { companyId, settings }: EventData<typeof companySettingsUpdated>): Promise<unknown> {
  const { lowStockThreshold } = settings;
  const fact = { _id: companyId, lowStockThreshold, sequence: sequenceOf(ctx) };
  return asOwner(ctx, 'settings of a company').transaction((tx) => keep(tx, companySettings, fact));
}

/** Notes which product a sku is, and tells the stock items that are there already. */
export function keepProduct(ctx: Context, { productId, companyId, variants }: Product): Promise<void> {
  const skus = variants.map(({ sku }) => sku);
  const known = variants.map(({ variantId, sku }) => ({ variantId, sku }));
  return asOwner(ctx, 'the product of a sku').transaction(async (tx) => {
    const isNews = await keep(tx, knownProducts, { _id: productId, companyId, variants: known, skus, sequence: sequenceOf(ctx) });
    if (!isNews) return;
    const named = await tx.in(stock).find({ companyId, sku: { $in: skus } }, { fields: ['sku', 'productId', 'variantId'] });
    for (const { sku, variantId } of known) {
      const isStale = named.some((item) => item.sku === sku && (item.productId !== productId || item.variantId !== variantId));
      if (isStale) await tx.in(stock).updateMany({ companyId, sku }, { $set: { productId, variantId } });
    }
  });
}
