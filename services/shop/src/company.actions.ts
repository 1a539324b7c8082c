import type { CompanySettings, companySettingsUpdated, EventData } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { companies } from './company.store.ts';
import { purgePerformance } from './performance/performance.actions.ts';
import { planLimits } from './plan/plan.store.ts';
import { closeShop } from './shop.actions.ts';
import { shops, standing } from './shop.store.ts';
import { colleagues } from './staff.store.ts';

const everyCompany = system('which companies there are');
const MOST_SHOPS = 10_000;
const MOST_PURGES = 100;

export interface CompanyNews extends Pick<EventData<typeof companySettingsUpdated>, 'companyId'> {
  settings: Pick<CompanySettings, 'timezone' | 'currency'>;
}

/** Remembers that a company is there, and by which clocks and money, unless something newer is known of it. */
export function noteCompany(ctx: Context, { companyId, settings }: CompanyNews, sequence: number): Promise<void> {
  return ctx.transaction(async (tx) => {
    const known = await tx.as(everyCompany).in(companies).findOne({ _id: companyId });
    if (known?.sequence !== undefined && known.sequence >= sequence) return;
    const { timezone, currency } = settings;
    await write(tx, companyId, { $set: { timezone, currency, sequence }, $setOnInsert: { isDeleted: false, shopsAdded: 0 } });
  });
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
    await purgePerformance(tx, ids);
    await tx.in(companies).updateMany({ _id: { $in: ids } }, { $unset: { purgeAt: 1 } });
  });
}

async function write(tx: Tx, companyId: string, update: Record<string, unknown>): Promise<void> {
  await tx.as(everyCompany).in(companies).updateOne({ _id: companyId }, update, { upsert: true });
}
