import type { Role } from '@souk/contracts';
import { userReactivated } from '@souk/contracts';
import type { Claims, Context, Tx } from '@souk/service-kit';
import { changesBetween, companyNamed, matchVersion, system } from '@souk/service-kit';
import { alreadySo, companyGone, companyNeeded, emailTaken, lastSuperAdmin, notOnYourself, roleNotAllowed } from '../errors.ts';
import { normalEmail } from '../login/login.rules.ts';
import { refuseBeyondPlan } from '../plan/plan.actions.ts';
import type { Changed } from './account.actions.ts';
import { addUser, announceUpdate, changeRights, getUser, newUser, switchOff, who, writeUser } from './account.actions.ts';
import { meetCompany } from './company.actions.ts';
import { companyGuard, SUPER_ADMINS, takeTurn } from './guard.store.ts';
import { isGone } from './staffing.store.ts';
import { belongsToCompany, mayGiveRole } from './user.rules.ts';
import type { User } from './user.store.ts';
import { PERSONAL, users } from './user.store.ts';

export interface NewColleague {
  email: string;
  name: string;
  role: Role;
  companyId?: string | undefined;
  phone?: string | undefined;
  locale?: string | undefined;
}

/**
 * Adds a colleague, who sets a password by a mailed link. Throws role_not_allowed, company_gone, email_taken and plan.limit_reached; 404
 * for a company that is not the caller's, 422 when a super admin names none, or one that never was.
 */
export async function addColleague(input: NewColleague, ctx: Context): Promise<User> {
  const giver = ctx.caller;
  if (!giver || !mayGive(giver, input.role)) throw roleNotAllowed();
  const companyId = belongsToCompany(input.role) ? companyNamed(ctx, input.companyId) : undefined;
  if (companyId) await meetCompany(ctx, companyId);
  const { phone, locale, role, name } = input;
  const email = normalEmail(input.email);
  const user = newUser(ctx.now(), { email, name, phone, locale, role, companyId, isVerified: false });
  return ctx.as(system('addresses are unique over all companies')).transaction(async (tx) => {
    if (companyId) await refuseGone(tx, companyId);
    if (await tx.in(users).findOne({ email })) throw emailTaken();
    if (companyId) await refuseBeyondPlan(tx, companyId);
    await addUser(tx, user, { verificationRequired: true });
    return user;
  });
}

/** A key gives nobody a role that could make keys: that would be one of every scope. */
const mayGive = ({ role: giver, scopes }: Claims, role: Role): boolean =>
  mayGiveRole(giver, role) && (scopes === undefined || (role !== 'company_admin' && role !== 'super_admin'));

export type UserChange = Changed<Pick<User, 'name' | 'phone' | 'locale' | 'role'>>;

/** Changes a user in the caller's scope. A new role voids the access tokens that say the old one. */
export function changeUser(id: string, change: UserChange, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    matchVersion(ctx, before.version);
    if (changesBetween(before, { ...before, ...change }, PERSONAL).length === 0) return before;
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
  if (!ctx.caller || !mayGive(ctx.caller, role) || !mayGive(ctx.caller, before.role)) throw roleNotAllowed();
  if (belongsToCompany(role) !== (before.companyId !== undefined)) throw companyNeeded();
}

/**
 * Switches an account off and ends its sessions. Nobody does it to themselves, and two super admins not to each other: one is always
 * left. Throws not_on_yourself, already_so and last_super_admin.
 */
export function deactivateUser(id: string, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    matchVersion(ctx, before.version);
    if (id === ctx.caller?.userId) throw notOnYourself();
    if (!before.isActive) throw alreadySo();
    if (before.role === 'super_admin') await refuseLast(tx, id);
    return switchOff(tx, before, { reason: 'staff', at: ctx.now() });
  });
}

/** Throws last_super_admin when nobody but `id` is one, also by a transaction that runs at the same time. */
export async function refuseLast(tx: Tx, id: string): Promise<void> {
  await takeTurn(tx, SUPER_ADMINS);
  const others = { role: 'super_admin', isActive: true, _id: { $ne: id } };
  if ((await tx.in(users).count(others, 1)) === 0) throw lastSuperAdmin();
}

/** Throws company_gone when the company was deleted, also by a transaction that runs at the same time. */
export async function refuseGone(tx: Tx, companyId: string): Promise<void> {
  const everywhere = tx.as(system('which companies are gone'));
  await takeTurn(everywhere, companyGuard(companyId));
  if (await isGone(everywhere, companyId)) throw companyGone();
}

/** Switches an account on again. Throws company_gone when its company was deleted meanwhile, and plan.limit_reached. */
export function reactivateUser(id: string, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    matchVersion(ctx, before.version);
    if (before.isActive) throw alreadySo();
    if (before.companyId) await refuseGone(tx, before.companyId);
    if (before.companyId) await refuseBeyondPlan(tx, before.companyId);
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
