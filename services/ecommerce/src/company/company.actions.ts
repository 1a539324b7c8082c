import type { CompanySettings } from '@souk/contracts';
import type { Gone } from '@souk/offboarding';
import type { Context } from '@souk/service-kit';
import { companySuspended, keepNewest, notFound, system } from '@souk/service-kit';
import type { CompanyStanding } from './company.rules.ts';
import { DEFAULT_SETTINGS } from './company.rules.ts';
import type { KnownCompany, KnownShop } from './company.store.ts';
import { companies, shops } from './company.store.ts';

/** Keeps what an event says of a company, unless a newer one has said it already. */
async function keepOfCompany(companyId: string, said: Partial<KnownCompany>, ctx: Context): Promise<void> {
  await ctx.transaction(async (tx) => {
    const known = await tx.in(companies).findOne({ _id: companyId });
    const fresh = {
      ...((said.settingsSequence ?? 0) > (known?.settingsSequence ?? 0) && {
        settings: said.settings,
        settingsSequence: said.settingsSequence,
      }),
      ...((said.standingSequence ?? 0) > (known?.standingSequence ?? 0) && {
        standing: said.standing,
        standingSequence: said.standingSequence,
      }),
    };
    if (!known)
      await tx.in(companies).insertOne({ settingsSequence: 0, standing: 'active', standingSequence: 0, ...said, _id: companyId });
    else if (Object.keys(fresh).length > 0) await tx.in(companies).updateOne({ _id: companyId }, { $set: fresh });
  });
}

export const keepSettings = (companyId: string, said: { settings: CompanySettings; sequence: number }, ctx: Context) =>
  keepOfCompany(companyId, { settings: said.settings, settingsSequence: said.sequence }, ctx);

/** Takes all that a deleted company sells from everybody. */
export const closeCompany = (ctx: Context, { companyId, sequence }: Gone) =>
  keepOfCompany(companyId, { standing: 'deleted', standingSequence: sequence }, ctx);

/** Keeps a shop as an event says it is, unless a newer one has said it already. */
export const keepShop = (said: KnownShop, ctx: Context): Promise<boolean> => keepNewest(ctx, shops, said);

/** A deleted shop sells nothing any more; where it stood is kept. */
export async function closeShop({ shopId: _id, companyId, sequence }: ClosedShop, ctx: Context): Promise<void> {
  const known = (await findShops([_id], ctx)).get(_id);
  await keepShop({ ...known, _id, companyId, isActive: false, sequence }, ctx);
}

interface ClosedShop {
  shopId: string;
  companyId: string;
  sequence: number;
}

export interface Company {
  settings: CompanySettings;
  standing: CompanyStanding;
}

const projection = system('settings of the company that is traded with');

/** A company's settings and standing; the defaults while it is not known. */
export async function findCompany(companyId: string, ctx: Context): Promise<Company> {
  const known = await ctx.as(projection).in(companies).findOne({ _id: companyId });
  return { settings: known?.settings ?? DEFAULT_SETTINGS, standing: known?.standing ?? 'active' };
}

/** Companies whose things are gone to everyone, though not purged yet. */
export async function findDeletedCompanies(ctx: Context): Promise<string[]> {
  const deleted = { standing: 'deleted' } as const;
  const found = await ctx
    .as(projection)
    .in(companies)
    .find(deleted, { fields: ['_id'] });
  return found.map(({ _id }) => _id);
}

/** Throws 402 for a company that is suspended and 404 for one that is gone; else gives it. */
export async function getTradingCompany(companyId: string, ctx: Context): Promise<Company> {
  const company = await findCompany(companyId, ctx);
  if (company.standing === 'deleted') throw notFound();
  const reason = ctx.suspensionOf(companyId);
  if (reason !== undefined) throw companySuspended(undefined, { reason });
  return company;
}

/** The shops among these that are known. One whose creation has not arrived yet is missing. */
export async function findShops(shopIds: readonly string[], ctx: Context): Promise<Map<string, KnownShop>> {
  if (shopIds.length === 0) return new Map();
  const found = await ctx
    .as(projection)
    .in(shops)
    .find({ _id: { $in: [...shopIds] } });
  return new Map(found.map((shop) => [shop._id, shop]));
}
