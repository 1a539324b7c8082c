import { userLoginFailed } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import { challengeRefused, secondFactorRequired, wrongCode } from '../errors.ts';
import { digestOf, newSecret } from '../opaque-secret.ts';
import type { Tokens } from '../session/session.actions.ts';
import { openSession } from '../session/session.actions.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import type { LoginMethod } from './challenge.store.ts';
import { challenges } from './challenge.store.ts';
import { countGuess, findEnabled, judgeCode, spendProof } from './proof.actions.ts';

const CHALLENGE_SECONDS = 5 * 60;
const door = system('a login lacks the second factor');

/**
 * Begins a session for whoever has proved the first factor, and asks for the second where one is on: throws second_factor_required with
 * a challenge. `set` goes into the account with it.
 */
export async function admit(ctx: Context, user: User, by: { method: LoginMethod; set: Partial<User> }): Promise<Tokens> {
  if (!(await findEnabled(ctx, user._id))) return openSession(ctx, user, by);
  const { secret, digest } = newSecret();
  const expiresAt = new Date(ctx.now().getTime() + CHALLENGE_SECONDS * 1000);
  const { _id: userId, passwordHash, tokensFrom } = user;
  await ctx.as(door).transaction(async (tx) => {
    if (Object.keys(by.set).length > 0)
      await tx.in(users).updateOne({ _id: userId, passwordHash: passwordHash ?? null }, { $set: by.set });
    await tx.in(challenges).insertOne({ _id: digest, userId, method: by.method, tokensFrom, expiresAt });
  });
  throw secondFactorRequired(undefined, { challenge: secret, expiresIn: CHALLENGE_SECONDS });
}

/** Ends a login by a code of the second factor. Throws challenge_refused, wrong_code and too_many_failures. */
export async function finishLogin(
  given: { challenge: string; code: string },
  ctx: Context,
): Promise<{ tokens: Tokens; user: User }> {
  const open = ctx.as(door);
  const _id = digestOf(given.challenge);
  const found = await open.in(challenges).findOne({ _id, expiresAt: { $gt: ctx.now() } });
  const user = found && (await open.in(users).findOne({ _id: found.userId, isActive: true, tokensFrom: found.tokensFrom }));
  const factor = user && (await findEnabled(ctx, user._id));
  if (!factor) throw challengeRefused();
  await countGuess(ctx, user);
  const proof = judgeCode(ctx, factor, given.code);
  if (!proof) throw await refuseCode(open, user);
  const tokens = await openSession(ctx, user, {
    method: found.method,
    async spend(tx, at) {
      if ((await tx.in(challenges).deleteOne({ _id })) === 0) throw challengeRefused();
      await spendProof(tx, user, { proof, at });
    },
  }).catch(async (error) => {
    throw error instanceof Error && 'code' in error && error.code === wrongCode.code ? await refuseCode(open, user) : error;
  });
  return { tokens, user };
}

async function refuseCode(open: Context, user: User) {
  const { _id: userId, companyId, version } = user;
  await open.transaction(async (tx) => {
    const data = {
      userId,
      ...(companyId && { companyId }),
      reason: 'wrong_second_factor',
      at: open.now().toISOString(),
    } as const;
    tx.publish(userLoginFailed, { subject: userId, version, companyId, data });
  });
  return wrongCode();
}
