import { userLocked, userLoginFailed } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId, system } from '@souk/service-kit';
import { config } from '../config.ts';
import { accountDeactivated, emailNotVerified, tooManyFailures, wrongCredentials, wrongPassword } from '../errors.ts';
import { passwords } from '../passwords.ts';
import { admit } from '../second-factor/challenge.actions.ts';
import type { Tokens } from '../session/session.actions.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import { attemptKey, attempts, countAttempt } from './attempt.store.ts';
import type { LoginRefusal } from './login.rules.ts';
import { judgeLogin, LOCK_MS, MOST_FAILURES, networkOf, normalEmail } from './login.rules.ts';

const REFUSALS = {
  unknown_account: wrongCredentials,
  wrong_password: wrongCredentials,
  deactivated: accountDeactivated,
  unverified: emailNotVerified,
} as const;

/**
 * Logs a user in by password. An unknown address takes the same steps as a wrong password and gets the same answer. Ten failures for
 * one account from one network lock that pair for a quarter of an hour, whether the account exists or not. Throws
 * second_factor_required, which only whoever knows the password learns.
 */
export async function logIn(given: { email: string; password: string }, ctx: Context): Promise<{ tokens: Tokens; user: User }> {
  const open = ctx.as(system('who logs in is not known yet'));
  const email = normalEmail(given.email);
  const key = attemptKey('login', email, networkOf(ctx.clientIp));
  const attempt = await countAttempt(open, key, LOCK_MS);
  const user = await open.in(users).findOne({ email });
  if (attempt > MOST_FAILURES) throw await refuseLocked(open, user);
  const isPasswordRight = await passwords.of(ctx).matches(given.password, user?.passwordHash);
  const mustBeVerified = config.of(ctx).REQUIRE_VERIFIED_EMAIL;
  const refusal = judgeLogin(user, { isPasswordRight, mustBeVerified });
  if (refusal || !user) throw await refuse(open, user, { refusal: refusal ?? 'unknown_account', key, attempt });
  await open.in(attempts).deleteOne({ _id: key });
  const set = await refreshedHash(ctx, user, given.password);
  return { tokens: await admit(ctx, user, { method: 'password', set }), user };
}

/** A hash at today's cost, when the stored one was made at another. */
async function refreshedHash(ctx: Context, user: User, password: string): Promise<Partial<User>> {
  const hasher = passwords.of(ctx);
  const isOutdated = user.passwordHash !== undefined && hasher.isOutdated(user.passwordHash);
  return isOutdated ? { passwordHash: await hasher.hash(password) } : {};
}

const about = (user: User | null, at: Date) => ({
  ...(user && { userId: user._id }),
  ...(user?.companyId && { companyId: user.companyId }),
  at: at.toISOString(),
});

/** Events of an account nobody has stand alone: each is about a subject of its own. */
const subjectOf = (user: User | null) => ({
  subject: user?._id ?? newId(),
  version: user?.version ?? 1,
  companyId: user?.companyId,
});

async function refuse(open: Context, user: User | null, failure: { refusal: LoginRefusal; key: string; attempt: number }) {
  const { refusal, key, attempt } = failure;
  const knewPassword = refusal === 'deactivated' || refusal === 'unverified';
  const at = open.now();
  const until = new Date(at.getTime() + LOCK_MS);
  await open.transaction(async (tx) => {
    const subject = subjectOf(user);
    tx.publish(userLoginFailed, { ...subject, data: { ...about(user, at), reason: refusal } });
    if (knewPassword) await tx.in(attempts).deleteOne({ _id: key });
    if (knewPassword || attempt < MOST_FAILURES) return;
    await tx.in(attempts).updateOne({ _id: key }, { $set: { until } });
    tx.publish(userLocked, { ...subject, data: { ...about(user, at), failures: attempt, until: until.toISOString() } });
  });
  return REFUSALS[refusal]();
}

async function refuseLocked(open: Context, user: User | null) {
  const at = open.now();
  await open.transaction(async (tx) => {
    tx.publish(userLoginFailed, { ...subjectOf(user), data: { ...about(user, at), reason: 'locked' } });
  });
  return tooManyFailures(undefined, { retryAfterSeconds: LOCK_MS / 1000 });
}

/** Holds whoever has only a token to the same limit of guesses as a login. Throws wrong_password. */
export async function requirePassword(ctx: Context, user: User, password: string): Promise<void> {
  const open = ctx.as(system('guesses at a password are counted'));
  const key = attemptKey('confirm', user._id);
  if ((await countAttempt(open, key, LOCK_MS)) > MOST_FAILURES)
    throw tooManyFailures(undefined, { retryAfterSeconds: LOCK_MS / 1000 });
  if (!(await passwords.of(ctx).matches(password, user.passwordHash))) throw wrongPassword();
  await open.in(attempts).deleteOne({ _id: key });
}
