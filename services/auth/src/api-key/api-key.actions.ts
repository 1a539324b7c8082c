import { apikeyCreated, apikeyDeleted } from '@souk/contracts';
import type { Context, DomainError, Tx } from '@souk/service-kit';
import { companyAsked, invalid, newId, notFound, system, unauthenticated } from '@souk/service-kit';
import { apiKeysFull } from '../errors.ts';
import { digestOf, newSecret } from '../opaque-secret.ts';
import { appendRevocation } from '../session/revocation.store.ts';
import { callerOf } from '../session/session.actions.ts';
import { ACCESS_SECONDS } from '../session/session.rules.ts';
import { signAccess } from '../signing-key/key-ring.actions.ts';
import { meetCompany } from '../user/company.actions.ts';
import { refuseGone } from '../user/user.actions.ts';
import type { ApiKey } from './api-key.store.ts';
import { apiKeys } from './api-key.store.ts';

/** Says at a glance, to people and to scanners of leaked secrets, what it is. */
const PREFIX = 'souk_';
const MOST_KEYS = 100;

export interface NewApiKey {
  name: string;
  scopes: string[];
  companyId?: string | undefined;
  limitPerMinute: number;
  expiresAt?: Date | undefined;
}

/**
 * Makes a service account and its key, which is shown this once. A super admin who names no company makes one of the platform. Throws
 * api_keys_full and company_gone; 422 for an end in the past, 404 for a company that is not the caller's, 422 for one that never was.
 */
export async function createApiKey(given: NewApiKey, ctx: Context): Promise<{ apiKey: ApiKey; key: string }> {
  const companyId = companyAsked(ctx, given.companyId);
  if (given.expiresAt && given.expiresAt <= ctx.now()) throw expiresBefore();
  if (companyId !== undefined) await meetCompany(ctx, companyId);
  const key = `${PREFIX}${newSecret().secret}`;
  const apiKey: ApiKey = {
    ...given,
    ...{ _id: newId(), version: 1, role: companyId === undefined ? 'super_admin' : 'company_admin', companyId },
    ...{ digest: digestOf(key), lastFour: key.slice(-4), creatorId: callerOf(ctx).userId, createdAt: ctx.now() },
  };
  await ctx.as(system('keys of a company, or of the platform')).transaction(async (tx) => {
    if (companyId !== undefined) await refuseGone(tx, companyId);
    const owner = companyId === undefined ? { companyId: { $exists: false } } : { companyId };
    if ((await tx.in(apiKeys).count(owner, MOST_KEYS)) >= MOST_KEYS) throw apiKeysFull();
    await tx.in(apiKeys).insertOne(apiKey);
    const { _id: apiKeyId, scopes, creatorId, createdAt } = apiKey;
    const data = { apiKeyId, ...(companyId && { companyId }), scopes, creatorId, at: createdAt.toISOString() };
    tx.publish(apikeyCreated, { subject: apiKeyId, version: 1, companyId, data });
  });
  return { apiKey, key };
}

/** A service account in the scope of `db`. Throws 404. */
export async function getApiKey(db: Pick<Context, 'in'>, id: string): Promise<ApiKey> {
  const known = await db.in(apiKeys).findOne({ _id: id });
  if (!known) throw notFound();
  return known;
}

/** Ends a service account: its key opens nothing more, and the tokens made for it are refused within seconds. Throws 404. */
export function deleteApiKey(id: string, ctx: Context): Promise<void> {
  return ctx.transaction(async (tx) => {
    await endApiKey(tx, await getApiKey(tx, id), ctx.now());
  });
}

/** Ends all service accounts of a company that is gone. */
export async function endKeysOf(tx: Tx, companyId: string, at: Date): Promise<void> {
  for (const known of await tx.in(apiKeys).find({ companyId })) await endApiKey(tx, known, at);
}

function expiresBefore(): DomainError {
  const message = 'name a time to come';
  return invalid(message, { errors: [{ path: 'body.expiresAt', code: 'past', message }] });
}

async function endApiKey(tx: Tx, { _id: apiKeyId, companyId, version }: ApiKey, at: Date): Promise<void> {
  await tx.in(apiKeys).deleteOne({ _id: apiKeyId });
  await appendRevocation(tx.as(system('a key ends')), { sid: apiKeyId, before: Math.ceil(at.getTime() / 1000), at });
  const data = { apiKeyId, ...(companyId && { companyId }), at: at.toISOString() };
  tx.publish(apikeyDeleted, { subject: apiKeyId, version: version + 1, companyId, data });
}

/** An access token for whoever shows a key: it says what its account may do, and ends with it. Throws 401. */
export async function exchangeApiKey(
  key: string,
  ctx: Context,
): Promise<{ token: string; expiresAt: string; limitPerMinute: number }> {
  const now = ctx.now();
  const digest = digestOf(key);
  const isGood = { digest, $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: now } }] };
  const known = await ctx
    .as(system('a key tells whose it is'))
    .in(apiKeys)
    .findOneAndUpdate(isGood, { $set: { lastUsedAt: now } });
  if (!known) throw unauthenticated();
  const { _id: id, role, companyId, scopes, limitPerMinute, expiresAt } = known;
  const claims = { userId: id, email: '', role, ...(companyId && { companyId }), shopIds: [], sid: id, scopes };
  const issuedAt = Math.floor(now.getTime() / 1000);
  const leftSeconds = expiresAt === undefined ? ACCESS_SECONDS : Math.floor(expiresAt.getTime() / 1000) - issuedAt;
  if (leftSeconds < 1) throw unauthenticated();
  const ttlSeconds = Math.min(ACCESS_SECONDS, leftSeconds);
  const token = await signAccess(ctx, claims, { issuedAt, ttlSeconds });
  return { token, expiresAt: new Date((issuedAt + ttlSeconds) * 1000).toISOString(), limitPerMinute };
}
