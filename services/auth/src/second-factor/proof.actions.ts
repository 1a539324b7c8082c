import { userLocked, userSecondFactorChanged } from '@souk/contracts';
import type { Context, Tx } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { tooManyFailures, wrongCode } from '../errors.ts';
import { attemptKey, attempts, countAttempt } from '../login/attempt.store.ts';
import { LOCK_MS, MOST_FAILURES } from '../login/login.rules.ts';
import { digestOf } from '../opaque-secret.ts';
import { sealing } from '../sealing.ts';
import type { User } from '../user/user.store.ts';
import { challenges } from './challenge.store.ts';
import type { SecondFactor } from './second-factor.store.ts';
import { secondFactors } from './second-factor.store.ts';
import { readCode, stepOf } from './totp.ts';

const keeper = system('second factors and guesses at them');

/** What a right code stands for: a time step or a recovery code, of this very enrolment. */
export interface Proof {
  factor: SecondFactor;
  taken: { step: number } | { digest: string };
}

/** Two enrolments may draw one recovery code, and a digest is of one account. */
export const recoveryDigest = (userId: string, code: string): string => digestOf(`${userId}:${readCode(code).code}`);

export const secretUse = (userId: string): string => `second factor of ${userId}`;

const guessKey = (userId: string): string => attemptKey('second_factor', userId);

/**
 * Counts a guess at a code before it is judged. All networks share one count: whoever gets here knows the password, so that a stranger
 * cannot lock the account, and a thief of the password cannot guess from a thousand networks. Throws too_many_failures.
 */
export async function countGuess(ctx: Context, user: User): Promise<void> {
  const open = ctx.as(keeper);
  const { count: failures, leftSeconds: retryAfterSeconds } = await countAttempt(open, guessKey(user._id), LOCK_MS);
  if (failures > MOST_FAILURES) throw tooManyFailures(undefined, { retryAfterSeconds });
  if (failures === MOST_FAILURES) await announceLock(open, user);
}

/** The last guess is still judged: if it is right, the account is open again. */
async function announceLock(open: Context, user: User): Promise<void> {
  const at = open.now();
  const { _id: userId, companyId, version } = user;
  const until = new Date(at.getTime() + LOCK_MS);
  await open.transaction(async (tx) => {
    await tx.in(attempts).updateOne({ _id: guessKey(userId) }, { $set: { until } });
    const data = { userId, ...(companyId && { companyId }), failures: MOST_FAILURES, until: until.toISOString() };
    tx.publish(userLocked, { subject: userId, version, companyId, data: { ...data, at: at.toISOString() } });
  });
}

/** What `typed` proves about `factor`; undefined when it is wrong. It is spent by `spendProof`. */
export function judgeCode(ctx: Context, factor: SecondFactor, typed: string): Proof | undefined {
  const { kind, code } = readCode(typed);
  if (kind === 'recovery') return { factor, taken: { digest: recoveryDigest(factor._id, code) } };
  const secret = sealing.of(ctx).open(factor.sealedSecret, secretUse(factor._id));
  const step = stepOf(secret, code, ctx.now());
  return step === undefined ? undefined : { factor, taken: { step } };
}

/**
 * Takes what a code stands for, once: of two requests with one code the later finds it gone. The guesses are forgotten with it. Throws
 * wrong_code.
 */
export async function spendProof(tx: Tx, user: User, { proof, at }: { proof: Proof; at: Date }): Promise<void> {
  const { factor, taken } = proof;
  const books = tx.as(keeper);
  const mine = { _id: user._id, sealedSecret: factor.sealedSecret };
  const after =
    'step' in taken
      ? await books
          .in(secondFactors)
          .findOneAndUpdate({ ...mine, lastStep: { $lt: taken.step } }, { $set: { lastStep: taken.step } })
      : await books
          .in(secondFactors)
          .findOneAndUpdate({ ...mine, recoveryDigests: taken.digest }, { $pull: { recoveryDigests: taken.digest } });
  if (!after) throw wrongCode();
  await books.in(attempts).deleteOne({ _id: guessKey(user._id) });
  if ('digest' in taken) announceFactor(tx, user, { change: 'code_used', codesLeft: after.recoveryDigests.length, at });
}

/** Says what became of a second factor. */
export function announceFactor(
  tx: Tx,
  user: User,
  about: { change: 'begun' | 'enabled' | 'disabled' | 'codes_replaced' | 'code_used'; codesLeft: number; at: Date },
): void {
  const { _id: userId, companyId, version } = user;
  const data = { userId, ...(companyId && { companyId }), ...about, at: about.at.toISOString() };
  tx.publish(userSecondFactorChanged, { subject: userId, version, companyId, data });
}

/** The second factor that is asked for at a login; null when none is on. */
export async function findEnabled(ctx: Context, userId: string): Promise<SecondFactor | null> {
  const factor = await ctx.as(keeper).in(secondFactors).findOne({ _id: userId });
  return factor?.confirmedAt ? factor : null;
}

/** Removes a second factor and what was begun with it. */
export async function dropFactor(tx: Tx, userId: string): Promise<void> {
  const books = tx.as(keeper);
  await books.in(challenges).deleteMany({ userId });
  await books.in(secondFactors).deleteOne({ _id: userId });
}
