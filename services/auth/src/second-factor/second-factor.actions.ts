import type { Context, Tx } from '@souk/service-kit';
import { notFound, system } from '@souk/service-kit';
import { factorIsOff, factorIsOn, wrongCode } from '../errors.ts';
import { requireOwner } from '../login/login.actions.ts';
import { sealing } from '../sealing.ts';
import { callerOf } from '../session/session.actions.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import type { Proof } from './proof.actions.ts';
import {
  announceFactor,
  countGuess,
  dropFactor,
  findEnabled,
  judgeCode,
  recoveryDigest,
  secretUse,
  spendProof,
} from './proof.actions.ts';
import type { SecondFactor } from './second-factor.store.ts';
import { secondFactors } from './second-factor.store.ts';
import { enrolmentUri, newRecoveryCode, newTotpSecret, RECOVERY_CODES } from './totp.ts';

interface Proofs {
  /** Absent where the account has none. */
  password?: string | undefined;
  code: string;
}

const ownFactor = system('the caller sees to their second factor');

async function getSelf(ctx: Context): Promise<User> {
  const user = await ctx
    .as(ownFactor)
    .in(users)
    .findOne({ _id: callerOf(ctx).userId, isActive: true });
  if (!user) throw notFound();
  return user;
}

/** Whether the caller has a second factor, and how many recovery codes are left. */
export async function showFactor(ctx: Context): Promise<{ isEnabled: boolean; recoveryCodesLeft: number }> {
  const factor = await ctx.in(secondFactors).findOne({});
  return { isEnabled: factor?.confirmedAt !== undefined, recoveryCodesLeft: factor?.recoveryDigests.length ?? 0 };
}

/** Draws a secret for the caller's authenticator, which counts once a code of it was confirmed. Throws as requireOwner, and factor_is_on. */
export async function enrolFactor(password: string | undefined, ctx: Context): Promise<{ secret: string; uri: string }> {
  const user = await getSelf(ctx);
  await requireOwner(ctx, user, password);
  const secret = newTotpSecret();
  const sealedSecret = sealing.of(ctx).seal(secret, secretUse(user._id));
  await ctx.as(ownFactor).transaction(async (tx) => {
    const at = ctx.now();
    const known = await tx.in(secondFactors).findOne({ _id: user._id });
    if (known?.confirmedAt) throw factorIsOn();
    const fresh = { sealedSecret, lastStep: 0, recoveryDigests: [], createdAt: at };
    await tx.in(secondFactors).updateOne({ _id: user._id }, { $set: fresh }, { upsert: true });
    announceFactor(tx, user, { change: 'begun', codesLeft: 0, at });
  });
  return { secret, uri: enrolmentUri(secret, user.email) };
}

/** Turns the second factor on by a first code. Gives the recovery codes, which are shown this once. Throws factor_is_on and wrong_code. */
export async function confirmFactor(code: string, ctx: Context): Promise<string[]> {
  const user = await getSelf(ctx);
  const begun = await ctx.as(ownFactor).in(secondFactors).findOne({ _id: user._id });
  if (!begun) throw factorIsOff('Begin to enrol first');
  if (begun.confirmedAt) throw factorIsOn();
  const proof = await requireCode(ctx, user, { factor: begun, code });
  return ctx.as(ownFactor).transaction(async (tx) => {
    const at = ctx.now();
    await spendProof(tx, user, { proof, at });
    return writeCodes(tx, user, { set: { confirmedAt: at }, change: 'enabled', at });
  });
}

/** Turns the second factor off. Throws as requireOwner, wrong_code and factor_is_off. */
export async function disableFactor(given: Proofs, ctx: Context): Promise<void> {
  const { user, proof } = await requireBoth(given, ctx);
  await ctx.as(ownFactor).transaction(async (tx) => {
    const at = ctx.now();
    await spendProof(tx, user, { proof, at });
    await dropFactor(tx, user._id);
    announceFactor(tx, user, { change: 'disabled', codesLeft: 0, at });
  });
}

/** Gives the caller new recovery codes; the old ones are void. Throws as requireOwner, wrong_code and factor_is_off. */
export async function replaceCodes(given: Proofs, ctx: Context): Promise<string[]> {
  const { user, proof } = await requireBoth(given, ctx);
  return ctx.as(ownFactor).transaction(async (tx) => {
    const at = ctx.now();
    await spendProof(tx, user, { proof, at });
    return writeCodes(tx, user, { set: {}, change: 'codes_replaced', at });
  });
}

async function requireBoth(given: Proofs, ctx: Context): Promise<{ user: User; proof: Proof }> {
  const user = await getSelf(ctx);
  await requireOwner(ctx, user, given.password);
  const factor = await findEnabled(ctx, user._id);
  if (!factor) throw factorIsOff();
  return { user, proof: await requireCode(ctx, user, { factor, code: given.code }) };
}

async function requireCode(ctx: Context, user: User, given: { factor: SecondFactor; code: string }): Promise<Proof> {
  await countGuess(ctx, user);
  const proof = judgeCode(ctx, given.factor, given.code);
  if (!proof) throw wrongCode();
  return proof;
}

async function writeCodes(
  tx: Tx,
  user: User,
  write: { set: Partial<SecondFactor>; change: 'enabled' | 'codes_replaced'; at: Date },
): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const recoveryDigests = codes.map((code) => recoveryDigest(user._id, code));
  await tx.in(secondFactors).updateOne({ _id: user._id }, { $set: { ...write.set, recoveryDigests } });
  announceFactor(tx, user, { change: write.change, codesLeft: codes.length, at: write.at });
  return codes;
}
