import { warehouseCreated, warehouseUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { conflict, forbidden, matchVersion, newId, notFound, ofCompany } from '@souk/service-kit';
import { unknownWarehouse, warehouseCodeTaken, warehouseHoldsStock, warehouseInactive } from '../errors.ts';
import { stock } from '../stock/stock.store.ts';
import { tellDeleted, tellWarehouse } from './warehouse.facts.ts';
import type { Warehouse } from './warehouse.store.ts';
import { warehouses } from './warehouse.store.ts';
import type { WarehouseInput } from './warehouse.views.ts';

/** The company that the caller works for. Throws 403 when the token names none. */
export function companyOf(ctx: Context): string {
  const companyId = ctx.caller?.companyId;
  if (!companyId) throw forbidden('Your token names no company');
  return companyId;
}

/** A new warehouse of the caller's company. Throws 409 when its code is taken. */
export function addWarehouse(ctx: Context, input: WarehouseInput): Promise<Warehouse> {
  const now = ctx.now();
  const id = newId();
  return ctx.transaction(async (tx) => {
    const warehouse = { _id: id, companyId: companyOf(ctx), ...input, shopIds: [], version: 1, createdAt: now, updatedAt: now };
    await refuseTakenCode(tx, warehouse);
    await tx.in(warehouses).insertOne(warehouse);
    tellWarehouse(tx, warehouseCreated, { before: null, after: warehouse });
    return warehouse;
  });
}

/** Throws 404 outside the caller's scope, 409 when the code is taken, 412 when it changed since the version the client names. */
export function changeWarehouse(ctx: Context, id: string, input: WarehouseInput): Promise<Warehouse> {
  return ctx.transaction(async (tx) => {
    const found = await getWarehouse(tx, id);
    matchVersion(ctx, found.version);
    const changed = { ...found, ...input, updatedAt: ctx.now(), version: found.version + 1 };
    await refuseTakenCode(tx, changed);
    const update = { $set: { ...input, updatedAt: changed.updatedAt }, $inc: { version: 1 } };
    const { matched } = await tx.in(warehouses).updateOne({ _id: id, version: found.version }, update);
    if (matched === 0) throw conflict();
    tellWarehouse(tx, warehouseUpdated, { before: found, after: changed });
    return changed;
  });
}

/** Throws 409 while anything is on hand there. Its movements stay in the ledger. */
export function removeWarehouse(ctx: Context, id: string): Promise<void> {
  return ctx.transaction(async (tx) => {
    const found = await getWarehouse(tx, id);
    matchVersion(ctx, found.version);
    const isInUse = (await tx.in(stock).count({ warehouseId: id, onHand: { $gt: 0 } }, 1)) > 0;
    if (isInUse) throw warehouseHoldsStock();
    await tx.in(stock).deleteMany({ warehouseId: id, onHand: 0, reserved: 0 });
    if ((await tx.in(warehouses).deleteOne({ _id: id, version: found.version })) === 0) throw conflict();
    tellDeleted(tx, found, ctx.now());
  });
}

/** Throws 404 for a warehouse outside the caller's scope, 409 for an inactive one. */
export async function requireOpenWarehouses(ctx: Context, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const found = await ctx.in(warehouses).find({ _id: { $in: wanted } }, { fields: ['isActive'] });
  if (found.length < wanted.length) throw unknownWarehouse();
  if (found.some(({ isActive }) => !isActive)) throw warehouseInactive();
}

async function getWarehouse(tx: Tx, id: string): Promise<Warehouse> {
  const found = await tx.in(warehouses).findOne({ _id: id });
  if (!found) throw notFound();
  return found;
}

/** Codes are unique in the whole company, also among warehouses that a manager does not see. */
async function refuseTakenCode(tx: Tx, { _id, companyId, code }: Warehouse): Promise<void> {
  const others = await tx
    .as(ofCompany(companyId))
    .in(warehouses)
    .count({ code, _id: { $ne: _id } }, 1);
  if (others > 0) throw warehouseCodeTaken();
}
