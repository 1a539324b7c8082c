import type { Role } from '@souk/contracts';
import { shopStaffAssigned, shopStaffRemoved } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { changesBetween, matchVersion, notFound, system } from '@souk/service-kit';
import { notAColleague } from './errors.ts';
import { about, getShop, saveShop, tellUpdate } from './shop.actions.ts';
import type { Staffing } from './shop.rules.ts';
import { ledBy, withoutStaff, withStaff } from './shop.rules.ts';
import type { Shop } from './shop.store.ts';
import { shops, standing } from './shop.store.ts';
import type { Colleague } from './staff.store.ts';
import { colleagues } from './staff.store.ts';

const STAFF_ROLES: readonly Role[] = ['shop_manager', 'shop_staff'];
type StaffRole = 'shop_manager' | 'shop_staff';

/** Gives a shop manager or shop staff of the company to a shop. Again changes nothing. Throws notFound, notAColleague, preconditionFailed. */
export function assignStaff(ctx: Context, shopId: string, userId: string): Promise<Shop> {
  return ctx.transaction(async (tx) => {
    const shop = await getShop(tx, shopId);
    matchVersion(ctx, shop.version);
    await getColleague(tx, shop.companyId, { userId, roles: STAFF_ROLES });
    return restaff(tx, shop, { staffing: withStaff(shop, userId), now: ctx.now() });
  });
}

/** Takes somebody from a shop, as its manager too. Throws preconditionFailed, and notFound when they do not work there. */
export function removeStaff(ctx: Context, shopId: string, userId: string): Promise<Shop> {
  return ctx.transaction(async (tx) => {
    const shop = await getShop(tx, shopId);
    matchVersion(ctx, shop.version);
    if (!shop.staffIds.includes(userId)) throw notFound();
    return restaff(tx, shop, { staffing: withoutStaff(shop, userId), now: ctx.now() });
  });
}

/** Sets who leads a shop: one of the company's shop managers, or nobody. Throws notFound, notAColleague, preconditionFailed. */
export function putInCharge(ctx: Context, shopId: string, userId: string | null): Promise<Shop> {
  return ctx.transaction(async (tx) => {
    const shop = await getShop(tx, shopId);
    matchVersion(ctx, shop.version);
    if (userId !== null) await getColleague(tx, shop.companyId, { userId, roles: ['shop_manager'] });
    return restaff(tx, shop, { staffing: ledBy(shop, userId), now: ctx.now() });
  });
}

export interface ToldAccount extends Omit<Colleague, 'companyId' | 'wasUnstaffed'> {
  companyId?: string | undefined;
}

/**
 * Keeps what auth told of an account. Who is switched off, erased, or moved away from a company's shops loses all of its shops; who is no
 * shop manager any more leads none.
 */
export function noteAccount(ctx: Context, account: ToldAccount, losesShops: boolean): Promise<void> {
  return ctx.transaction(async (tx) => {
    const everywhere = tx.as(everyCompany);
    const known = await everywhere.in(colleagues).findOne({ _id: account._id });
    const isNews = known ? known.sequence < account.sequence : STAFF_ROLES.includes(account.role) || losesShops;
    if (!isNews) return;
    const { _id, companyId = null, ...told } = account;
    const hasMoved = known !== null && (known.companyId !== companyId || !STAFF_ROLES.includes(account.role));
    const wasUnstaffed = losesShops || hasMoved || (known?.wasUnstaffed ?? false);
    await everywhere.in(colleagues).updateOne({ _id }, { $set: { ...told, companyId, wasUnstaffed } }, { upsert: true });
    if (losesShops || hasMoved) await leaveAllShops(everywhere, _id, ctx.now());
    else if (account.role !== 'shop_manager') await leadNoShop(everywhere, _id, ctx.now());
  });
}

/** Gives a new account the shops it registered with, as far as they are its company's and it may still have them. */
export function noteRegistration(ctx: Context, account: ToldAccount, shopIds: readonly string[]): Promise<void> {
  return ctx.transaction(async (tx) => {
    const everywhere = tx.as(everyCompany);
    const known = await everywhere.in(colleagues).findOne({ _id: account._id });
    const { companyId } = account;
    const isTheirs = known === null || (known.companyId === companyId && known.isActive && !known.wasUnstaffed);
    if (!STAFF_ROLES.includes(account.role) || companyId === undefined || !isTheirs) return;
    if (!known) await everywhere.in(colleagues).insertOne({ ...account, companyId, wasUnstaffed: false });
    const theirs = await everywhere.in(shops).find({ _id: { $in: [...shopIds] }, companyId, ...standing });
    for (const shop of theirs) await restaff(everywhere, shop, { staffing: withStaff(shop, account._id), now: ctx.now() });
  });
}

const everyCompany = system('an account may move from one company to another');

async function leaveAllShops(tx: Tx, userId: string, now: Date): Promise<void> {
  const theirs = await tx.in(shops).find({ staffIds: userId, ...standing });
  for (const shop of theirs) await restaff(tx, shop, { staffing: withoutStaff(shop, userId), now });
}

async function leadNoShop(tx: Tx, userId: string, now: Date): Promise<void> {
  const theirs = await tx.in(shops).find({ staffIds: userId, managerId: userId, ...standing });
  for (const shop of theirs) await restaff(tx, shop, { staffing: ledBy(shop, null), now });
}

/** Refuses strangers and colleagues of other companies alike, so that nobody learns whether an account exists elsewhere. */
async function getColleague(tx: Tx, companyId: string, wanted: { userId: string; roles: readonly Role[] }): Promise<void> {
  const colleague = await tx.as(everyCompany).in(colleagues).findOne({ _id: wanted.userId, companyId, isActive: true });
  if (!colleague || !wanted.roles.includes(colleague.role)) throw notAColleague();
}

/** Writes who works in a shop and tells who came, who left, and whether another leads it. */
async function restaff(tx: Tx, before: Shop, change: { staffing: Staffing; now: Date }): Promise<Shop> {
  const { now } = change;
  const { managerId, staffIds } = change.staffing;
  const changes = changesBetween({ staffIds: before.staffIds }, { staffIds });
  if (changes.length === 0 && managerId === before.managerId) return before;
  const after = await saveShop(tx, before, { managerId, staffIds, updatedAt: now });
  const came = staffIds.filter((id) => !before.staffIds.includes(id));
  const left = before.staffIds.filter((id) => !staffIds.includes(id));
  const fact = (userId: string, role: StaffRole) => ({
    ...about(after),
    data: { shopId: after._id, companyId: after.companyId, userId, role, at: now.toISOString() },
    changes,
  });
  for (const userId of came) tx.publish(shopStaffAssigned, fact(userId, await staffRole(tx, userId, after.managerId)));
  for (const userId of left) tx.publish(shopStaffRemoved, fact(userId, await staffRole(tx, userId, before.managerId)));
  if (after.managerId !== before.managerId) tellUpdate(tx, before, after);
  return after;
}

async function staffRole(tx: Tx, userId: string, managerId: string | null): Promise<StaffRole> {
  const colleague = await tx.as(everyCompany).in(colleagues).findOne({ _id: userId });
  return userId === managerId || colleague?.role === 'shop_manager' ? 'shop_manager' : 'shop_staff';
}
