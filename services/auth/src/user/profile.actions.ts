import { userPasswordChanged } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { conflict, matchVersion, system } from '@souk/service-kit';
import { requirePassword } from '../login/login.actions.ts';
import { mailTokens } from '../mail/mail-token.store.ts';
import { passwords, refuseWeak } from '../passwords.ts';
import type { Tokens } from '../session/session.actions.ts';
import { callerOf, endAllSessions, openSession } from '../session/session.actions.ts';
import { announceUpdate, forgetSaid, getUser, writeUser } from './account.actions.ts';
import { nextTokensFrom } from './user.rules.ts';
import type { User } from './user.store.ts';
import { users } from './user.store.ts';

/** Changes what the caller says of themselves; what is left out is taken away. */
export function changeProfile(profile: Pick<User, 'name' | 'phone' | 'locale'>, ctx: Context): Promise<User> {
  return ctx.transaction(async (tx) => {
    const before = await getUser(tx, callerOf(ctx).userId);
    matchVersion(ctx, before.version);
    const { name, phone, locale } = profile;
    const after = await writeUser(tx, before, { name, phone, locale, updatedAt: ctx.now() });
    announceUpdate(tx, before, after);
    return after;
  });
}

/** Gives an account a new password, and ends every session that was begun with the old one and every link to set another. */
export async function setPassword(
  tx: Tx,
  before: User,
  change: { passwordHash: string; cause: 'changed' | 'reset'; at: Date },
): Promise<User> {
  const { passwordHash, cause, at } = change;
  const tokensFrom = nextTokensFrom(before.tokensFrom, at);
  // Whoever came by a mailed link has proved the address.
  const isVerified = before.isVerified || cause === 'reset';
  const isProof = isVerified && !before.isVerified;
  const said = isProof ? await forgetSaid(tx, before) : {};
  const after = await writeUser(tx, before, { ...said, passwordHash, tokensFrom, isVerified, updatedAt: at });
  const { _id: userId, companyId, version } = after;
  tx.publish(userPasswordChanged, {
    subject: userId,
    version,
    companyId,
    data: { userId, ...(companyId && { companyId }), cause, at: at.toISOString() },
    changes: [{ field: 'passwordHash' }],
  });
  if (isProof) announceUpdate(tx, { ...before, passwordHash }, after);
  await tx.in(mailTokens).deleteMany({ userId, purpose: 'reset_password' });
  await endAllSessions(tx, after, { reason: 'password_changed', at });
  return after;
}

/** Changes the caller's password. All sessions end; the answer begins a new one for the caller. */
export async function changePassword(given: { currentPassword: string; newPassword: string }, ctx: Context): Promise<Tokens> {
  const all = ctx.as(system('the caller changes their password'));
  const user = await all.in(users).findOne({ _id: callerOf(ctx).userId, isActive: true });
  if (!user) throw conflict();
  refuseWeak(given.newPassword, [user.email, user.name], 'newPassword');
  await requirePassword(ctx, user, given.currentPassword);
  const passwordHash = await passwords.of(ctx).hash(given.newPassword);
  const after = await all.transaction((tx) => setPassword(tx, user, { passwordHash, cause: 'changed', at: ctx.now() }));
  return openSession(ctx, after, { method: 'password' });
}
