import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { companies } from './company.store.ts';
import { planLimits } from './plan/plan.store.ts';
import { closeShop } from './shop.actions.ts';
import { shops, standing } from './shop.store.ts';
import { colleagues } from './staff.store.ts';

const MOST_SHOPS = 10_000;
const MOST_PURGES = 100;

/** Remembers that a company is there, unless more is known of it already. */
export function noteCompany(ctx: Context, companyId: string): Promise<void> {
  return ctx.transaction((tx) => write(tx, companyId, { $setOnInsert: { isDeleted: false, shopsAdded: 0 } }));
}

/** Closes all shops of a company that was deleted, and lets none be added. `purgeAt` is when their data must go. */
export function closeCompany(ctx: Context, companyId: string, purgeAt: Date): Promise<void> {
  return ctx.transaction(async (tx) => {
    await write(tx, companyId, { $set: { isDeleted: true, purgeAt }, $setOnInsert: { shopsAdded: 0 } });
    const everywhere = tx.as(system('a deleted company loses all its shops'));
    const open = await everywhere.in(shops).find({ companyId, ...standing }, { sort: { _id: 1 }, limit: MOST_SHOPS });
    for (const shop of open) await closeShop(everywhere, shop, ctx.now());
  });
}

/** Removes for good what deleted companies left, once they are due. */
export function purgeShops(ctx: Context): Promise<void> {
  return ctx.transaction(async (tx) => {
    const due = await tx.in(companies).find({ purgeAt: { $lte: ctx.now() } }, { limit: MOST_PURGES });
    const ids = due.map(({ _id }) => _id);
    await tx.in(shops).deleteMany({ companyId: { $in: ids } });
    await tx.in(colleagues).deleteMany({ companyId: { $in: ids } });
    await tx.in(planLimits).deleteMany({ _id: { $in: ids } });
    await tx.in(companies).updateMany({ _id: { $in: ids } }, { $unset: { purgeAt: 1 } });
  });
}

async function write(tx: Tx, companyId: string, update: Record<string, unknown>): Promise<void> {
  await tx.as(system('which companies there are')).in(companies).updateOne({ _id: companyId }, update, { upsert: true });
}
