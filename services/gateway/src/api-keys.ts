import { createHash } from 'node:crypto';
import { exchangeApiKey } from '@souk/contracts';
import type { Claims, Runtime, Visit } from '@souk/service-kit';
import { DomainError, defineResource, tooManyRequests } from '@souk/service-kit';
import { budgets } from './limits/budgets.ts';

const KEY = /^souk_[\w-]{43}$/;
const MOST_REMEMBERED = 10_000;
/** A token is asked for anew before it ends on its way. */
const MARGIN_MS = 30_000;

interface Opened {
  token: string;
  untilMs: number;
  limitPerMinute: number;
}

/** The tokens of service accounts by digests of their keys; a question under way is shared by all who ask it. */
export const openedKeys = defineResource<Map<string, Promise<Opened>>>({ name: 'tokens of API keys', start: () => new Map() });

export const isApiKey = (bearer: string): boolean => KEY.test(bearer);

/**
 * Lets a service account in: from here on the request carries its token, which every service knows, instead of its key. Throws 401 for a
 * key that is unknown or has ended, 429 when it asks more often than it may. A key that was not good here before is counted like a
 * password, and before auth is asked, which a flood of wrong ones must not reach.
 */
export async function admitApiKey(runtime: Runtime, key: string, visit: Visit<'sign-in-ip'>): Promise<void> {
  const isKnown = openedKeys.of(runtime).has(digestOf(key));
  if (!isKnown) await visit.count('sign-in-ip', visit.network);
  const { token, limitPerMinute, claims } = await openVerified(runtime, key).catch(async (error) => {
    if (isKnown && error instanceof DomainError && error.status === 401) await visit.count('sign-in-ip', visit.network);
    throw error;
  });
  await countKey(runtime, visit, { id: claims.sid, limitPerMinute });
  visit.request.headers.authorization = `Bearer ${token}`;
}

/** What a key opens, with a token that is good. One that is not any more, because its signing key was refused, is asked for anew. */
async function openVerified(runtime: Runtime, key: string): Promise<Opened & { claims: Claims }> {
  const opened = await open(runtime, key);
  return verify(runtime, key, opened).catch(async () => verify(runtime, key, await open(runtime, key)));
}

/** Forgets a token that is not good; not another one that somebody has asked for meanwhile. */
async function verify(runtime: Runtime, key: string, opened: Opened): Promise<Opened & { claims: Claims }> {
  const known = openedKeys.of(runtime);
  const digest = digestOf(key);
  const kept = known.get(digest);
  try {
    return { ...opened, claims: await runtime.tokens.verify(opened.token) };
  } catch (error) {
    if (known.get(digest) === kept) known.delete(digest);
    throw error;
  }
}

const digestOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

async function open(runtime: Runtime, key: string): Promise<Opened> {
  const opened = openedKeys.of(runtime);
  const digest = digestOf(key);
  const before = opened.get(digest);
  const known = await before;
  if (known && known.untilMs > runtime.now().getTime()) return known;
  // Whoever came first has asked for the next one already.
  if (opened.get(digest) !== before) return open(runtime, key);
  const [oldest] = opened.keys();
  if (opened.size >= MOST_REMEMBERED && oldest !== undefined) opened.delete(oldest);
  const asked = ask(runtime, key);
  opened.set(digest, asked);
  asked.catch(() => opened.delete(digest));
  return asked;
}

async function ask(runtime: Runtime, key: string): Promise<Opened> {
  const { token, expiresAt, limitPerMinute } = await runtime.invoke(exchangeApiKey, { body: { key } });
  return { token, untilMs: Date.parse(expiresAt) - MARGIN_MS, limitPerMinute };
}

async function countKey(runtime: Runtime, { response }: Visit<'sign-in-ip'>, key: { id: string; limitPerMinute: number }) {
  const { id, limitPerMinute } = key;
  const { hits, resetAtMs } = await budgets.of(runtime).take('api-key', id, limitPerMinute);
  const left = Math.max(0, limitPerMinute - hits);
  const seconds = Math.max(1, Math.ceil((resetAtMs - Date.now()) / 1000));
  response.appendHeader('ratelimit-policy', `"api-key"; q=${limitPerMinute}; w=60`);
  response.appendHeader('ratelimit', `"api-key"; r=${left}; t=${seconds}`);
  if (hits <= limitPerMinute) return;
  response.setHeader('retry-after', String(seconds));
  throw tooManyRequests();
}
