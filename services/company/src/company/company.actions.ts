import type { Change } from '@souk/contracts';
import { companyCreated, companyDeleted, companyUpdated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, conflict, matchVersion, newId, notFound } from '@souk/service-kit';
import { platformDecides, slugTaken } from '../errors.ts';
import { slugOf } from './company.rules.ts';
import type { Company, Contact, PostalAddress } from './company.store.ts';
import { companies, standing } from './company.store.ts';
import { defaultSettings } from './settings.rules.ts';

const KEEP_MS = 30 * 24 * 3600 * 1000;

/** Typed by people, or about them: named in the audit trail without their values. */
const PERSONAL = ['contactInfo', 'address', 'description', 'settings'];

export interface Profile {
  name: string;
  slug?: string | undefined;
  description: string;
  contactInfo: Contact;
  address: PostalAddress;
  ownerId?: string | null | undefined;
  isActive?: boolean | undefined;
}

/** What becomes of a company in the transaction that adds it. */
export type Beginning = (tx: Tx, company: Company) => Promise<Company>;

/** Adds a company with the settings every company begins with. Throws slugTaken. */
export function createCompany(ctx: Context, profile: Profile, begin: Beginning): Promise<Company> {
  const { ownerId = null, isActive = true, slug = slugOf(profile.name), ...rest } = profile;
  const ids = { company: newId(), zoneId: newId(), methodId: newId() };
  return ctx.transaction(async (tx) => {
    await refuseTakenSlug(tx, slug, ids.company);
    const now = ctx.now();
    const settings = { ...defaultSettings(ids), taxNumber: null };
    const company: Company = {
      ...{ _id: ids.company, ...rest, slug, ownerId, isActive, logo: null, branding: {}, settings },
      ...{ version: 1, createdAt: now, updatedAt: now },
    };
    await tx.in(companies).insertOne(company);
    tx.publish(companyCreated, {
      ...about(company),
      data: { ...profileOf(company), settings: defaultSettings(ids), createdAt: now.toISOString() },
      changes: changesBetween(null, company, PERSONAL),
    });
    return begin(tx, company);
  });
}

/**
 * Replaces a company's profile. Owner and active flag stay as they are when absent, and only the platform's staff may change them.
 * Throws notFound, slugTaken, platformDecides, preconditionFailed.
 */
export function updateCompany(ctx: Context, id: string, profile: Profile): Promise<Company> {
  return changeCompany(ctx, id, async (before, tx) => {
    const { slug = before.slug, ownerId = before.ownerId, isActive = before.isActive, ...rest } = profile;
    const isPlatform = ctx.scope.kind === 'system';
    if (!isPlatform && (ownerId !== before.ownerId || isActive !== before.isActive)) throw platformDecides();
    await refuseTakenSlug(tx, slug, id);
    return { ...rest, slug, ownerId, isActive };
  });
}

/** Changes logo and colours; what is absent stays, a logo of null is taken away. Throws notFound, preconditionFailed. */
export function brandCompany(
  ctx: Context,
  id: string,
  looks: { logo?: string | null | undefined; branding: Company['branding'] },
): Promise<Company> {
  return changeCompany(ctx, id, async (before) => ({
    logo: looks.logo === undefined ? before.logo : looks.logo,
    branding: { ...before.branding, ...looks.branding },
  }));
}

/** Deletes a company: gone at once, kept for 30 days, then purged by every service. Throws notFound, preconditionFailed. */
export function deleteCompany(ctx: Context, id: string): Promise<void> {
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const now = ctx.now();
    const after = await saveCompany(tx, before, {
      ...{ isActive: false, deletedAt: now, updatedAt: now },
      ...(before.subscription && { subscription: { ...before.subscription, status: 'cancelled', nextStepAt: null } }),
    });
    const purgeAt = new Date(now.getTime() + KEEP_MS).toISOString();
    const changes = changesBetween({ isActive: before.isActive }, { isActive: false });
    tx.publish(companyDeleted, { ...about(after), data: { companyId: id, purgeAt, at: now.toISOString() }, changes });
  });
}

/** The company, as far as the caller may see it. Throws notFound, also for a deleted one. */
export async function getCompany(db: Pick<Context, 'in'>, id: string): Promise<Company> {
  const company = await db.in(companies).findOne({ _id: id, ...standing });
  if (!company) throw notFound();
  return company;
}

/** Writes `patch` where nobody wrote since `before` was read, and gives the company as it is then. Throws conflict. */
export async function saveCompany(tx: Tx, before: Company, patch: Partial<Company>): Promise<Company> {
  const { matched } = await tx
    .in(companies)
    .updateOne({ _id: before._id, version: before.version }, { $set: patch, $inc: { version: 1 } });
  if (matched === 0) throw conflict();
  return { ...before, ...patch, version: before.version + 1 };
}

/** What every fact about a company says of it. */
export const about = (company: Company) => ({ subject: company._id, version: company.version, companyId: company._id });

type Decide = (before: Company, tx: Tx) => Promise<Partial<Company>>;

/** Changes what `company.updated` tells of. Nothing is written or told when nothing changes. */
function changeCompany(ctx: Context, id: string, decide: Decide): Promise<Company> {
  return ctx.transaction(async (tx) => {
    const before = await getCompany(tx, id);
    matchVersion(ctx, before.version);
    const patch = await decide(before, tx);
    const changes = changesBetween(before, { ...before, ...patch }, PERSONAL);
    if (changes.length === 0) return before;
    const now = ctx.now();
    const after = await saveCompany(tx, before, { ...patch, updatedAt: now });
    tx.publish(companyUpdated, { ...about(after), data: updatedData(after, changes), changes });
    return after;
  });
}

function updatedData(company: Company, changes: readonly Change[]) {
  return { ...profileOf(company), changed: changes.map(({ field }) => field), at: company.updatedAt.toISOString() };
}

function profileOf({ _id, name, slug, ownerId, isActive }: Company) {
  return { companyId: _id, name, slug, ...(ownerId !== null && { ownerId }), isActive };
}

/** Asks beyond the caller's scope, which holds one company only: slugs are unique among all, deleted ones included. */
async function refuseTakenSlug(tx: Tx, slug: string, companyId: string): Promise<void> {
  const everywhere = tx.as({ kind: 'system', reason: 'slugs are unique among all companies' });
  const holder = await everywhere.in(companies).findOne({ slug, _id: { $ne: companyId } }, { fields: ['_id'] });
  if (holder) throw slugTaken();
}
