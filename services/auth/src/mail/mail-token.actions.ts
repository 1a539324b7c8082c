import type { Context } from '@souk/service-kit';
import { notFound, system } from '@souk/service-kit';
import { normalEmail } from '../login/login.rules.ts';
import { newSecret } from '../opaque-secret.ts';
import { refuseInactive } from '../user/account.actions.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import type { MailPurpose } from './mail-token.store.ts';
import { mailTokens } from './mail-token.store.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;

/** A user by id, for services that write to people. Throws 404. */
export async function getRecipient(id: string, ctx: Context): Promise<User> {
  const user = await ctx.as(system('a service writes to a user')).in(users).findOne({ _id: id });
  if (!user) throw notFound();
  return user;
}

/** Whose an address is, however it is written. */
export const findOwner = (email: string, ctx: Context): Promise<User | null> =>
  ctx
    .as(system('a service asks whose an address is'))
    .in(users)
    .findOne({ email: normalEmail(email) });

/**
 * What a mailed link may do. To prove an address needs nothing more; everything else, and whoever has no password yet, sets one. An
 * owner who is told that somebody registered with their address sets one too: the password of the stranger must not stay.
 */
function rightOf(user: User, purpose: 'verify' | 'reset' | 'known'): { opens: MailPurpose; ttlMs: number } {
  if (user.passwordHash === undefined) return { opens: 'reset_password', ttlMs: 7 * DAY_MS };
  return purpose === 'verify' ? { opens: 'verify_email', ttlMs: 3 * DAY_MS } : { opens: 'reset_password', ttlMs: HOUR_MS };
}

/** A fresh single-use token for a mail. Earlier ones stay good until one of them is used. Throws 404 and account_deactivated. */
export async function mintToken(input: { id: string; purpose: 'verify' | 'reset' | 'known' }, ctx: Context) {
  const user = await getRecipient(input.id, ctx);
  refuseInactive(user);
  const { opens, ttlMs } = rightOf(user, input.purpose);
  const { secret, digest } = newSecret();
  const expiresAt = new Date(ctx.now().getTime() + ttlMs);
  await ctx
    .as(system('a link for a mail'))
    .in(mailTokens)
    .insertOne({ _id: digest, userId: user._id, purpose: opens, expiresAt });
  const { email, name, locale } = user;
  return { email, name, ...(locale && { locale }), token: secret, expiresAt: expiresAt.toISOString(), opens };
}
