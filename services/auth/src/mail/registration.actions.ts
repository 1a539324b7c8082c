import { userPasswordResetRequested, userRegistrationRepeated } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { newId, system } from '@souk/service-kit';
import { config } from '../config.ts';
import { linkInvalid } from '../errors.ts';
import { attemptKey, attempts, countAttempt } from '../login/attempt.store.ts';
import { normalEmail } from '../login/login.rules.ts';
import { digestOf, newSecret } from '../opaque-secret.ts';
import { passwords, refuseWeak } from '../passwords.ts';
import { addUser, announceUpdate, newUser, writeUser } from '../user/account.actions.ts';
import { setPassword } from '../user/profile.actions.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import type { MailPurpose } from './mail-token.store.ts';
import { mailTokens } from './mail-token.store.ts';

/** Mails with a link to one address in an hour, whatever they are asked for with. */
const MOST_MAILS = 5;
const HOUR_MS = 3600_000;
const stranger = system('a stranger with an address or a link');

export interface Registration {
  email: string;
  password: string;
  name: string;
  phone?: string | undefined;
  locale?: string | undefined;
  /** The company at whose storefront it is; nobody is told whether there is such a one. */
  companyId?: string | undefined;
}

/** Counts a mail that a stranger asks for, in the same way for known and unknown addresses; whether it may be sent. */
const mayMail = async (open: Context, email: string): Promise<boolean> =>
  (await countAttempt(open, mailKey(email), HOUR_MS)).count <= MOST_MAILS;

const mailKey = (email: string): string => attemptKey('reset', email);

/** Makes a customer's account. To the caller an address that has one already looks the same; its owner is told by mail. */
export async function register(given: Registration, ctx: Context): Promise<void> {
  const { password, name, phone, locale, companyId: metCompanyId } = given;
  const email = normalEmail(given.email);
  refuseWeak(password, [email, name]);
  const passwordHash = await passwords.of(ctx).hash(password);
  const user = newUser(ctx.now(), { email, name, phone, locale, role: 'customer', passwordHash, isVerified: false });
  const open = ctx.as(stranger);
  const mayTell = await mayMail(open, email);
  const verificationRequired = config.of(ctx).REQUIRE_VERIFIED_EMAIL;
  // Two at once for one address meet at the unique index; the later transaction runs again and finds the account.
  await open.transaction(async (tx) => {
    const known = await tx.in(users).findOne({ email });
    if (!known) await addUser(tx, user, { verificationRequired, metCompanyId });
    else await passOver(tx, known, { mayTell, at: ctx.now() });
  });
}

/**
 * Writes as much about an address that is known as a registration does, because a transaction that writes less is over sooner, and would
 * tell: a link that has expired instead of an account, and a count where there is nothing to say.
 */
async function passOver(tx: Tx, known: User, { mayTell, at }: { mayTell: boolean; at: Date }): Promise<void> {
  await tx.in(mailTokens).insertOne({ _id: newSecret().digest, userId: known._id, purpose: 'verify_email', expiresAt: at });
  if (known.isActive && mayTell) announceRepetition(tx, known, at);
  else await tx.in(attempts).updateOne({ _id: mailKey(known.email) }, { $inc: { count: 1 } });
}

function announceRepetition(tx: Tx, known: User, at: Date): void {
  const { _id: userId, companyId, version } = known;
  const data = { userId, ...(companyId && { companyId }), at: at.toISOString() };
  tx.publish(userRegistrationRepeated, { subject: userId, version, companyId, data });
}

/** Takes the right that `token` stands for; all of the same kind are spent with it. Throws link_invalid. */
async function redeemLink(tx: Tx, token: string, spend: { purpose: MailPurpose; at: Date }): Promise<User> {
  const { purpose, at } = spend;
  const found = await tx.in(mailTokens).findOne({ _id: digestOf(token), purpose, expiresAt: { $gt: at } });
  const user = found && (await tx.in(users).findOne({ _id: found.userId, isActive: true }));
  if (!user) throw linkInvalid();
  await tx.in(mailTokens).deleteMany({ userId: user._id, purpose });
  return user;
}

/** Proves an address by the link that was mailed to it. */
export async function verifyEmail(token: string, ctx: Context): Promise<void> {
  await ctx.as(stranger).transaction(async (tx) => {
    const at = ctx.now();
    const before = await redeemLink(tx, token, { purpose: 'verify_email', at });
    if (before.isVerified) return;
    const after = await writeUser(tx, before, { isVerified: true, updatedAt: at });
    announceUpdate(tx, before, after);
  });
}

/** Asks for a link to set a new password. Known and unknown addresses take the same steps; more than a few in an hour are passed over. */
export async function requestReset(given: { email: string }, ctx: Context): Promise<void> {
  const open = ctx.as(stranger);
  const email = normalEmail(given.email);
  if (!(await mayMail(open, email))) return;
  await open.transaction(async (tx) => {
    const user = await tx.in(users).findOne({ email, isActive: true });
    const about = { ...(user && { userId: user._id }), ...(user?.companyId && { companyId: user.companyId }) };
    tx.publish(userPasswordResetRequested, {
      subject: user?._id ?? newId(),
      version: user?.version ?? 1,
      companyId: user?.companyId,
      data: { ...about, at: ctx.now().toISOString() },
    });
  });
}

/** Sets a password by a mailed link, once, and ends all sessions. Throws link_invalid and weak_password. */
export async function resetPassword(given: { token: string; password: string }, ctx: Context): Promise<void> {
  const open = ctx.as(stranger);
  const link = await open.in(mailTokens).findOne({ _id: digestOf(given.token), purpose: 'reset_password' });
  const owner = link && (await open.in(users).findOne({ _id: link.userId }));
  // Hashing is dear: nobody makes us do it with a link that never was.
  if (!owner) throw linkInvalid();
  refuseWeak(given.password, [owner.email, owner.name]);
  const passwordHash = await passwords.of(ctx).hash(given.password);
  await open.transaction(async (tx) => {
    const at = ctx.now();
    const before = await redeemLink(tx, given.token, { purpose: 'reset_password', at });
    await setPassword(tx, before, { passwordHash, cause: 'reset', at });
  });
}
