import type { EventData } from '@souk/contracts';
import { userLoggedIn, userLoggedOut } from '@souk/contracts';
import type { Claims, Context, Tx } from '@souk/service-kit';
import { conflict, newId, notFound, system, unauthenticated } from '@souk/service-kit';
import { accountDeactivated, refreshRefused } from '../errors.ts';
import { digestOf, newSecret } from '../opaque-secret.ts';
import { withheldFrom } from '../permission/permission.store.ts';
import { signAccess } from '../signing-key/key-ring.actions.ts';
import { isGone } from '../user/staffing.store.ts';
import { issuedAt, nextTokensFrom } from '../user/user.rules.ts';
import type { User } from '../user/user.store.ts';
import { users } from '../user/user.store.ts';
import { appendRevocation, appendRevocations } from './revocation.store.ts';
import { ACCESS_SECONDS, judgeRefresh, REFRESH_MS } from './session.rules.ts';
import { refreshTokens, sessions } from './session.store.ts';

export interface Tokens {
  accessToken: string;
  tokenType: 'Bearer';
  /** Seconds. */
  expiresIn: number;
  refreshToken: string;
  refreshExpiresAt: string;
}

const door = system('who logs in is not known yet');

/** The secrets of a session at `now`. Signed with the time before the transaction: a change of rights that comes later voids it. */
async function tokensFor(ctx: Context, user: User, parts: { sid: string; refresh: string; now: Date }): Promise<Tokens> {
  const { _id: userId, email, role, companyId, shopIds } = user;
  const withheld = await withheldFrom(user, ctx);
  const claims = { userId, email, role, ...(companyId && { companyId }), shopIds, sid: parts.sid, ...withheld };
  return {
    accessToken: await signAccess(ctx, claims, { issuedAt: issuedAt(user.tokensFrom, parts.now) }),
    tokenType: 'Bearer',
    expiresIn: ACCESS_SECONDS,
    refreshToken: parts.refresh,
    refreshExpiresAt: new Date(parts.now.getTime() + REFRESH_MS).toISOString(),
  };
}

/** How a session begins. */
interface Opening {
  method: EventData<typeof userLoggedIn>['method'];
  /** Goes into the account with it. */
  set?: Partial<User>;
  /** Takes the second factor that was shown, in the transaction that begins the session. */
  spend?: (tx: Tx, at: Date) => Promise<void>;
}

/**
 * Begins a session for `user`, as whom somebody was just recognised. Throws conflict when the password or the account has changed since,
 * and account_deactivated once its company is gone.
 */
export async function openSession(ctx: Context, user: User, { method, set = {}, spend }: Opening): Promise<Tokens> {
  const now = ctx.now();
  const sid = newId();
  const { secret, digest } = newSecret();
  const expiresAt = new Date(now.getTime() + REFRESH_MS);
  const { _id: userId, role, companyId, passwordHash } = user;
  const found = await ctx.as(door).transaction(async (tx) => {
    const current = await tx
      .in(users)
      .findOneAndUpdate(
        { _id: userId, passwordHash: passwordHash ?? null, isActive: true },
        { $set: { ...set, lastSeenAt: now } },
      );
    if (!current) throw conflict();
    if (await isGone(tx, companyId)) throw accountDeactivated();
    await spend?.(tx, now);
    const { userAgent, clientIp: ip } = ctx;
    await tx.in(sessions).insertOne({ _id: sid, userId, userAgent, ip, createdAt: now, lastUsedAt: now, expiresAt });
    await tx.in(refreshTokens).insertOne({ _id: digest, sessionId: sid, userId, expiresAt });
    const about = { userId, role, ...(companyId && { companyId }), sessionId: sid };
    const data = { ...about, method, secondFactor: spend !== undefined, at: now.toISOString() };
    tx.publish(userLoggedIn, { subject: userId, version: current.version, companyId, data });
    return current;
  });
  return tokensFor(ctx, found, { sid, refresh: secret, now });
}

/** Rotates a refresh token. A spent one that comes back after the grace ends its session, for whoever holds a copy. */
export async function refreshSession(token: string, ctx: Context): Promise<{ tokens: Tokens; user: User }> {
  const now = ctx.now();
  const spent = digestOf(token);
  const { secret, digest } = newSecret();
  const outcome = await ctx.as(door).transaction(async (tx) => {
    const known = await tx.in(refreshTokens).findOne({ _id: spent });
    const verdict = judgeRefresh(known, now);
    if (!known || verdict === 'refuse') return undefined;
    // Written, not only read: whoever ends this user's sessions or changes their rights at the same time meets this transaction.
    const user = await tx.in(users).findOneAndUpdate({ _id: known.userId, isActive: true }, { $set: { lastSeenAt: now } });
    if (!user || (await isGone(tx, user.companyId))) return undefined;
    const { sessionId: sid } = known;
    if (verdict === 'reused') {
      await endSession(tx, user, { sid, reason: 'token_reused', at: now });
      return undefined;
    }
    const expiresAt = new Date(now.getTime() + REFRESH_MS);
    const { matched } = await tx.in(sessions).updateOne({ _id: sid }, { $set: { lastUsedAt: now, expiresAt } });
    if (matched === 0) return undefined;
    await tx.in(refreshTokens).updateOne({ _id: spent, usedAt: { $exists: false } }, { $set: { usedAt: now } });
    await tx.in(refreshTokens).insertOne({ _id: digest, sessionId: sid, userId: user._id, expiresAt });
    return { user, sid };
  });
  if (!outcome) throw refreshRefused();
  return { tokens: await tokensFor(ctx, outcome.user, { sid: outcome.sid, refresh: secret, now }), user: outcome.user };
}

interface End {
  reason: EventData<typeof userLoggedOut>['reason'];
  at: Date;
}

/** Ends one session: its refresh tokens are gone, its access tokens are refused everywhere within seconds. */
async function endSession(tx: Tx, user: User, end: End & { sid: string }): Promise<void> {
  const { sid, reason, at } = end;
  await tx.in(refreshTokens).deleteMany({ sessionId: sid });
  await tx.in(sessions).deleteOne({ _id: sid });
  await appendRevocation(tx, { sid, before: Math.ceil(at.getTime() / 1000), at });
  announceEnd(tx, user, { sessionId: sid, reason, at });
}

/** Ends all sessions of a user whose `tokensFrom` was moved in the same transaction. */
export const endAllSessions = (tx: Tx, user: User, end: End): Promise<void> => endSessionsOf(tx, [user], end);

/** The same of several users. */
export async function endSessionsOf(tx: Tx, people: readonly User[], end: End): Promise<void> {
  const books = tx.as(system(`all sessions end: ${end.reason}`));
  const theirs = { userId: { $in: people.map(({ _id }) => _id) } };
  await books.in(refreshTokens).deleteMany(theirs);
  await books.in(sessions).deleteMany(theirs);
  await appendRevocations(
    books,
    people.map(({ _id: userId, tokensFrom: before }) => ({ userId, before, at: end.at })),
  );
  for (const user of people) announceEnd(tx, user, end);
}

function announceEnd(tx: Tx, user: User, end: End & { sessionId?: string }): void {
  const { sessionId, reason, at } = end;
  const { _id: userId, companyId, version } = user;
  const data = { userId, ...(companyId && { companyId }), ...(sessionId && { sessionId }), reason, at: at.toISOString() };
  tx.publish(userLoggedOut, { subject: userId, version, companyId, data });
}

/** Ends the session of the caller's token. */
export function logOut(ctx: Context): Promise<void> {
  const { sid } = callerOf(ctx);
  return endOwn(ctx, { sid, reason: 'logout' });
}

/** Ends one of the caller's sessions. Throws 404 for any other. */
export async function closeSession(id: string, ctx: Context): Promise<void> {
  if (!(await ctx.in(sessions).findOne({ _id: id }))) throw notFound();
  await endOwn(ctx, { sid: id, reason: 'revoked' });
}

async function endOwn(ctx: Context, end: { sid: string; reason: 'logout' | 'revoked' }): Promise<void> {
  const { userId } = callerOf(ctx);
  await ctx.as(system('a session of the caller ends')).transaction(async (tx) => {
    const user = await tx.in(users).findOne({ _id: userId });
    if (!user) throw unauthenticated();
    await endSession(tx, user, { ...end, at: ctx.now() });
  });
}

/** Ends all sessions of the caller. */
export async function logOutEverywhere(ctx: Context): Promise<void> {
  const { userId } = callerOf(ctx);
  await ctx.as(system('all sessions of the caller end')).transaction(async (tx) => {
    const at = ctx.now();
    const before = await tx.in(users).findOne({ _id: userId });
    if (!before) throw unauthenticated();
    const tokensFrom = nextTokensFrom(before.tokensFrom, at);
    const user = await tx
      .in(users)
      .findOneAndUpdate({ _id: userId, version: before.version }, { $set: { tokensFrom }, $inc: { version: 1 } });
    if (!user) throw conflict();
    await endAllSessions(tx, user, { reason: 'logout_all', at });
  });
}

export function callerOf(ctx: Context): Claims {
  if (!ctx.caller) throw unauthenticated();
  return ctx.caller;
}
