import { userDeleted } from '@souk/contracts';
import { forgetAnswers } from '@souk/personal-data';
import type { Context, Tx } from '@souk/service-kit';
import { conflict, matchVersion, system } from '@souk/service-kit';
import { addresses } from '../address/address.store.ts';
import { notOnYourself } from '../errors.ts';
import { mailTokens } from '../mail/mail-token.store.ts';
import { identities } from '../oidc/identity.store.ts';
import { dropFactor } from '../second-factor/proof.actions.ts';
import { getUser, switchOff, who } from './account.actions.ts';
import { departed } from './departure.store.ts';
import { refuseLast } from './user.actions.ts';
import type { User } from './user.store.ts';
import { users } from './user.store.ts';

/**
 * Deletes an account for good, as opposed to switching it off: its sessions end, its address is free for another, and auth keeps nothing
 * that names its owner. What they did stays where it was done, under their id. Throws not_on_yourself and last_super_admin.
 */
export async function deleteUser(id: string, ctx: Context): Promise<void> {
  await ctx.transaction(async (tx) => {
    const before = await getUser(tx, id);
    matchVersion(ctx, before.version);
    if (id === ctx.caller?.userId) throw notOnYourself();
    if (before.role === 'super_admin') await refuseLast(tx, id);
    const at = ctx.now();
    const last = before.isActive ? await switchOff(tx, before, { reason: 'staff', at }) : before;
    await removeAccount(tx.as(system('an account is deleted')), last, at);
  });
}

/** Removes all that auth holds of a user, and says so; gives the version that this is. */
export async function removeAccount(tx: Tx, user: User, at: Date): Promise<number> {
  const { _id, role, companyId } = user;
  const version = user.version + 1;
  if ((await tx.in(users).deleteOne({ _id, version: user.version })) === 0) throw conflict();
  const theirs = { userId: _id };
  await tx.in(mailTokens).deleteMany(theirs);
  await tx.in(addresses).deleteMany(theirs);
  await tx.in(identities).deleteMany(theirs);
  await dropFactor(tx, _id);
  await forgetAnswers(tx, _id);
  await tx.in(departed).insertOne({ _id, version, role, companyId, deletedAt: at });
  tx.publish(userDeleted, { subject: _id, version, companyId, data: { ...who(user), at: at.toISOString() } });
  return version;
}
