import { userLocked, userLoginFailed } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { newId, system } from '@souk/service-kit';
import { config } from '../config.ts';
import {
  accountDeactivated,
  emailNotVerified,
  logInAgain,
  passwordNeeded,
  tooManyFailures,
  wrongCredentials,
  wrongPassword,
} from '../errors.ts';
import { passwords } from '../passwords.ts';
import { admit } from '../second-factor/challenge.actions.ts';
import type { Tokens } from '../session/session.actions.ts';
import { callerOf } from '../session/session.actions.ts';
import { sessions } from '../session/session.store.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import { attemptKey, attempts, countAttempt } from './attempt.store.ts';
import type { LoginRefusal } from './login.rules.ts';
import { judgeLogin, LOCK_MS, MOST_FAILURES, networkOf, normalEmail } from './login.rules.ts';

/** How long ago a login may be that stands for a password. */
const FRESH_MS = 10 * 60_000;

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
  const { count: attempt, leftSeconds } = await countAttempt(open, key, LOCK_MS);
  const user = await open.in(users).findOne({ email });
  if (attempt > MOST_FAILURES) throw await refuseLocked(open, user, leftSeconds);
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

async function refuseLocked(open: Context, user: User | null, retryAfterSeconds: number) {
  const at = open.now();
  await open.transaction(async (tx) => {
    tx.publish(userLoginFailed, { ...subjectOf(user), data: { ...about(user, at), reason: 'locked' } });
  });
  return tooManyFailures(undefined, { retryAfterSeconds });
}

/** Holds whoever has only a token to the same limit of guesses as a login. Throws wrong_password. */
export async function requirePassword(ctx: Context, user: User, password: string): Promise<void> {
  const open = ctx.as(system('guesses at a password are counted'));
  const key = attemptKey('confirm', user._id);
  const { count, leftSeconds: retryAfterSeconds } = await countAttempt(open, key, LOCK_MS);
  if (count > MOST_FAILURES) throw tooManyFailures(undefined, { retryAfterSeconds });
  if (!(await passwords.of(ctx).matches(password, user.passwordHash))) throw wrongPassword();
  await open.in(attempts).deleteOne({ _id: key });
}

/**
 * Has whoever has a token prove that they are its owner: by the password, or where there is none, because they log in by a provider, by
 * a login of just now. Throws password_needed, wrong_password and login_again.
 */
export async function requireOwner(ctx: Context, user: User, password: string | undefined): Promise<void> {
  if (user.passwordHash !== undefined) {
    if (password === undefined) throw passwordNeeded();
    return requirePassword(ctx, user, password);
  }
  const since = { $gt: new Date(ctx.now().getTime() - FRESH_MS) };
  const session = { _id: callerOf(ctx).sid, userId: user._id, createdAt: since };
  if (!(await ctx.as(system('when the caller logged in')).in(sessions).findOne(session))) throw logInAgain();
}
