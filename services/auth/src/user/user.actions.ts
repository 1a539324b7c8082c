import type { Role } from '@souk/contracts';
import { userReactivated } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { matchVersion, notFound, system } from '@souk/service-kit';
import { alreadySo, companyGone, companyNeeded, emailTaken, notOnYourself, roleNotAllowed } from '../errors.ts';
import { normalEmail } from '../login/login.rules.ts';
import type { Changed } from './account.actions.ts';
import { addUser, announceUpdate, changeRights, getUser, newUser, switchOff, who, writeUser } from './account.actions.ts';
import { tombstones } from './staffing.store.ts';
import { belongsToCompany, mayGiveRole } from './user.rules.ts';
import type { User } from './user.store.ts';
import { users } from './user.store.ts';

export interface NewColleague {
  email: string;
  name: string;
  role: Role;
  companyId?: string | undefined;
  phone?: string | undefined;
  locale?: string | undefined;
}

/**
 * Adds a colleague, who sets a password by a mailed link. Throws role_not_allowed, company_needed and email_taken; 404 for a company
 * that is not the caller's.
 */
export async function addColleague(input: NewColleague, ctx: Context): Promise<User> {
  const giver = ctx.caller;
  if (!giver || !mayGiveRole(giver.role, input.role)) throw roleNotAllowed();
  const companyId = belongsToCompany(input.role) ? (input.companyId ?? giver.companyId) : undefined;
  if (belongsToCompany(input.role) && companyId === undefined) throw companyNeeded();
  if (giver.role !== 'super_admin' && companyId !== giver.companyId) throw notFound();
  const { phone, locale, role, name } = input;
  const email = normalEmail(input.email);
  const user = newUser(ctx.now(), { email, name, phone, locale, role, companyId, isVerified: false });
  return ctx.as(system('addresses are unique over all companies')).transaction(async (tx) => {
    if (companyId && (await tx.in(tombstones).findOne({ _id: `company:${companyId}` }))) throw companyGone();
    if (await tx.in(users).findOne({ email })) throw emailTaken();
    await addUser(tx, user, true);
    return user;
  });
}

export type UserChange = Changed<Pick<User, 'name' | 'phone' | 'locale' | 'role'>>;

/** Changes a user in the caller's scope. A new role voids the access tokens that say the old one. */
export function changeUser(id: string, change: UserChange, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    matchVersion(ctx, before.version);
    const { role } = change;
    const givesRole = role !== undefined && role !== before.role;
    if (givesRole) refuseRole(before, role, ctx);
    const at = ctx.now();
    if (givesRole) return changeRights(tx, before, { set: change, at });
    const after = await writeUser(tx, before, { ...change, updatedAt: at });
    announceUpdate(tx, before, after);
    return after;
  });
}

function refuseRole(before: User, role: Role, ctx: Context): void {
  if (before._id === ctx.caller?.userId) throw notOnYourself();
  if (!ctx.caller || !mayGiveRole(ctx.caller.role, role) || !mayGiveRole(ctx.caller.role, before.role)) throw roleNotAllowed();
  if (belongsToCompany(role) !== (before.companyId !== undefined)) throw companyNeeded();
}

/** Switches an account off and ends its sessions. Nobody does it to themselves, so a super admin is always left. */
export function deactivateUser(id: string, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    if (id === ctx.caller?.userId) throw notOnYourself();
    if (!before.isActive) throw alreadySo();
    return switchOff(tx, before, { reason: 'staff', at: ctx.now() });
  });
}

/** Switches an account on again. Throws company_gone when its company was deleted meanwhile. */
export function reactivateUser(id: string, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    if (before.isActive) throw alreadySo();
    const gone = await tx
      .as(system('which companies are gone'))
      .in(tombstones)
      .findOne({ _id: `company:${before.companyId}` });
    if (gone) throw companyGone();
    const at = ctx.now();
    const after = await writeUser(tx, before, { isActive: true, updatedAt: at });
    tx.publish(userReactivated, {
      subject: id,
      version: after.version,
      companyId: after.companyId,
      data: { ...who(after), at: at.toISOString() },
      changes: [{ field: 'isActive', before: false, after: true }],
    });
    return after;
  });
}
