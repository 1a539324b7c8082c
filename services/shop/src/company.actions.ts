import type { CompanySettings, companySettingsUpdated, EventData } from '@souk/contracts';
import type { Gone } from '@souk/offboarding';
import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { companies } from './company.store.ts';
import { closeShop } from './shop.actions.ts';
import { shops, standing } from './shop.store.ts';

const everyCompany = system('which companies there are');
const MOST_SHOPS = 10_000;

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

/** Closes all shops of a company that was deleted, and lets none be added. */
export function closeCompany(ctx: Context, { companyId }: Gone): Promise<void> {
  return ctx.transaction(async (tx) => {
    await write(tx, companyId, { $set: { isDeleted: true }, $setOnInsert: { shopsAdded: 0 } });
    const everywhere = tx.as(system('a deleted company loses all its shops'));
    const open = await everywhere.in(shops).find({ companyId, ...standing }, { sort: { _id: 1 }, limit: MOST_SHOPS });
    for (const shop of open) await closeShop(everywhere, shop, ctx.now());
  });
}

async function write(tx: Tx, companyId: string, update: Record<string, unknown>): Promise<void> {
  await tx.as(everyCompany).in(companies).updateOne({ _id: companyId }, update, { upsert: true });
}
