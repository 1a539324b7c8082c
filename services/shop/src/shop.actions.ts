import { getCompanyState, shopCreated, shopDeleted, shopUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, companyNamed, conflict, matchVersion, newId, notFound, system } from '@souk/service-kit';
import { companies } from './company.store.ts';
import { unknownCompany, warehouseOverbooked } from './errors.ts';
import { refuseBeyondPlan } from './plan/plan.actions.ts';
import type { Shop } from './shop.store.ts';
import { shops, standing } from './shop.store.ts';
import type { SetAside } from './warehouses.rules.ts';
import { overbooked } from './warehouses.rules.ts';

/** Typed by people, or about them: named in the audit trail without their values. */
const PERSONAL = ['contactInfo', 'location'];

export type ShopProfile = Pick<
  Shop,
  'name' | 'location' | 'contactInfo' | 'operatingHours' | 'holidays' | 'currency' | 'timezone' | 'isActive'
>;

/**
 * Adds a shop to the caller's company, or to the one that the platform's staff name. Throws unknownCompany, planLimitReached, notFound,
 * invalid.
 */
export async function createShop(ctx: Context, named: string | undefined, profile: ShopProfile): Promise<Shop> {
  const companyId = companyNamed(ctx, named);
  await meetCompany(ctx, companyId);
  const shopId = newId();
  return ctx.transaction(async (tx) => {
    await countShop(tx, companyId);
    await refuseBeyondPlan(tx, companyId);
    const now = ctx.now();
    const shop: Shop = {
      ...{ _id: shopId, companyId, ...profile, managerId: null, staffIds: [], warehouseIds: [] },
      ...{ version: 1, createdAt: now, updatedAt: now },
    };
    await tx.in(shops).insertOne(shop);
    tx.publish(shopCreated, { ...about(shop), data: toldOf(shop), changes: changesBetween(null, shop, PERSONAL) });
    return shop;
  });
}

/** Replaces the profile of a shop; its people and warehouses stay. Throws notFound, preconditionFailed. */
export function updateShop(ctx: Context, id: string, profile: ShopProfile): Promise<Shop> {
  return changeShop(ctx, id, () => profile);
}

export type Supply = Pick<Shop, 'warehouseIds'> & { setAside: SetAside[] };

/**
 * Sets which warehouses serve a shop, the first first, and what of them is kept for it. Inventory passes over those that are not the
 * company's. Throws notFound, warehouseOverbooked.
 */
export function setWarehouses(ctx: Context, id: string, supply: Supply): Promise<Shop> {
  return changeShop(ctx, id, async ({ companyId }, tx) => {
    if (supply.setAside.length > 0) await refuseOverbooked(tx, { id, companyId, setAside: supply.setAside });
    return supply;
  });
}

/** Writes to the company, so that of two shops that want the last part at the same time one gets it. Throws warehouseOverbooked. */
async function refuseOverbooked(tx: Tx, wanted: { id: string; companyId: string; setAside: SetAside[] }): Promise<void> {
  const { id, companyId, setAside } = wanted;
  const platform = tx.as(system('what of a warehouse is set aside for the shops of a company'));
  await platform.in(companies).updateOne({ _id: companyId }, { $inc: { setAsides: 1 } });
  const warehouseIds = setAside.map(({ warehouseId }) => warehouseId);
  const filter = { companyId, _id: { $ne: id }, 'setAside.warehouseId': { $in: warehouseIds }, ...standing };
  const others = await platform.in(shops).find(filter, { fields: ['setAside'] });
  const over = overbooked(
    setAside,
    others.flatMap((shop) => shop.setAside ?? []),
  );
  if (over.length > 0) throw warehouseOverbooked(undefined, { warehouseIds: over });
}

/** Deletes a shop: it takes no more orders and its staff lose it. Throws notFound, preconditionFailed. */
export function deleteShop(ctx: Context, id: string): Promise<void> {
  return ctx.transaction(async (tx) => {
    const shop = await getShop(tx, id);
    matchVersion(ctx, shop.version);
    await closeShop(tx, shop, ctx.now());
  });
}

/** Marks a shop as gone, and tells so. Throws conflict. */
export async function closeShop(tx: Tx, shop: Shop, now: Date): Promise<void> {
  const after = await saveShop(tx, shop, { isActive: false, deletedAt: now, updatedAt: now });
  const changes = changesBetween({ isActive: shop.isActive }, { isActive: false });
  tx.publish(shopDeleted, {
    ...about(after),
    data: { shopId: shop._id, companyId: shop.companyId, at: now.toISOString() },
    changes,
  });
}

/** The shop, as far as the caller may see it. Throws notFound, also for a deleted one. */
export async function getShop(db: Pick<Context, 'in'>, id: string): Promise<Shop> {
  const shop = await db.in(shops).findOne({ _id: id, ...standing });
  if (!shop) throw notFound();
  return shop;
}

/** Writes `patch` where nobody wrote since `before` was read, and gives the shop as it is then. Throws conflict. */
export async function saveShop(tx: Tx, before: Shop, patch: Partial<Shop>): Promise<Shop> {
  const { matched } = await tx
    .in(shops)
    .updateOne({ _id: before._id, version: before.version }, { $set: patch, $inc: { version: 1 } });
  if (matched === 0) throw conflict();
  return { ...before, ...patch, version: before.version + 1 };
}

/** Tells how a shop is now, and what differs from `before`. */
export function tellUpdate(tx: Tx, before: Shop, after: Shop): void {
  const changes = changesBetween(before, after, PERSONAL);
  tx.publish(shopUpdated, { ...about(after), data: toldOf(after), changes });
}

/** What every fact about a shop says of it. */
export const about = (shop: Shop) => ({ subject: shop._id, version: shop.version, companyId: shop.companyId });

type Decide = (before: Shop, tx: Tx) => Partial<Shop> | Promise<Partial<Shop>>;

function changeShop(ctx: Context, id: string, decide: Decide): Promise<Shop> {
  return ctx.transaction(async (tx) => {
    const before = await getShop(tx, id);
    matchVersion(ctx, before.version);
    const patch = await decide(before, tx);
    if (changesBetween(before, { ...before, ...patch }).length === 0) return before;
    const after = await saveShop(tx, before, { ...patch, updatedAt: ctx.now() });
    tellUpdate(tx, before, after);
    return after;
  });
}

function toldOf({ _id, companyId, name, currency, timezone, location, managerId, isActive, updatedAt, ...supply }: Shop) {
  const { country, state } = location;
  const { warehouseIds, setAside } = supply;
  return {
    ...{ shopId: _id, companyId, name, isActive, warehouseIds, at: updatedAt.toISOString() },
    ...(currency !== null && { currency }),
    ...(timezone !== null && { timezone }),
    ...(country !== undefined && { country }),
    ...(state !== undefined && { state }),
    ...(managerId !== null && { managerId }),
    ...(setAside && setAside.length > 0 && { setAside }),
  };
}

/** Asks for a company whose first fact has not arrived yet; a shop may follow its company within milliseconds. */
async function meetCompany(ctx: Context, companyId: string): Promise<void> {
  const known = await ctx.as(system('which companies there are')).in(companies).findOne({ _id: companyId });
  if (known) return;
  const { state } = await ctx.invoke(getCompanyState, { params: { id: companyId } });
  if (state === 'deleted' || state === 'unknown') throw unknownCompany();
}

async function countShop(tx: Tx, companyId: string): Promise<void> {
  const update = { $inc: { shopsAdded: 1 }, $setOnInsert: { isDeleted: false } };
  const company = await tx
    .as(system('which companies there are'))
    .in(companies)
    .findOneAndUpdate({ _id: companyId }, update, { upsert: true });
  if (company?.isDeleted) throw unknownCompany();
}
