import type { ServerResponse } from 'node:http';
import { tooManyRequests } from '../errors.ts';

/** Counts a request against the limit `name` of `key`. Throws `rate_limited`, with Retry-After set, when there were too many in a minute. */
export type CountRequest = (name: string, key: string, response: ServerResponse) => Promise<void>;

/**
 * Takes one from the budget of `key`, of `limit` in any minute. Gives how many it has taken, more than `limit` when it is refused, and
 * until when the oldest of them counts.
 */
export type TakeFrom = (name: string, key: string, limit: number) => Promise<{ hits: number; resetAtMs: number }>;

/** Limits by name, in requests a minute for one key, told in the `RateLimit` headers of IETF draft 8. */
export function createLimits(perMinute: Readonly<Record<string, number>>, takeFrom: TakeFrom): CountRequest {
  return async (name, key, response) => {
    const limit = perMinute[name] ?? 0;
    const { hits, resetAtMs } = await takeFrom(name, key, limit);
    const seconds = Math.max(0, Math.ceil((resetAtMs - Date.now()) / 1_000));
    // The partition tells which requests share a budget. Clients know what they are counted by: their own address, user or account.
    const partition = Buffer.from(key).toString('base64');
    response.appendHeader('ratelimit-policy', `"${name}"; q=${limit}; w=60; pk=:${partition}:`);
    response.appendHeader('ratelimit', `"${name}"; r=${Math.max(0, limit - hits)}; t=${seconds}`);
    if (hits <= limit) return;
    response.setHeader('retry-after', String(seconds));
    throw tooManyRequests();
  };
}
