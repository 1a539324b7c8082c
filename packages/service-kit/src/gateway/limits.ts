import type { Request, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { tooManyRequests } from '../errors.ts';

const WINDOW_MS = 60_000;

/** Counts a request against the limit `name` of `key`. Throws `rate_limited`, with Retry-After set, when there were too many in a minute. */
export type CountRequest<Name extends string> = (
  name: Name,
  key: string,
  exchange: { request: Request; response: Response },
) => Promise<void>;

/**
 * Takes one from the budget of `key`, of `limit` in any minute. Gives how many it has taken, more than `limit` when it is refused, and
 * until when the oldest of them counts.
 */
export type TakeFrom = (name: string, key: string, limit: number) => Promise<{ hits: number; resetAtMs: number }>;

/** Limits by name, in requests a minute for one key, told in the `RateLimit` headers of IETF draft 8. */
export function createLimits<Name extends string>(
  perMinute: Readonly<Record<Name, number>>,
  takeFrom: TakeFrom,
): CountRequest<Name> {
  const limits = new Map<string, ReturnType<typeof rateLimit>>();
  for (const [name, limit] of Object.entries<number>(perMinute)) {
    const middleware = rateLimit({
      windowMs: WINDOW_MS,
      limit,
      identifier: name,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      // They look for mistakes of configuration at each request; ours is parsed at start.
      validate: false,
      store: {
        increment: async (key) => {
          const { hits, resetAtMs } = await takeFrom(name, key, limit);
          return { totalHits: hits, resetTime: new Date(resetAtMs) };
        },
        // Nothing that was counted is given back.
        decrement: () => undefined,
        resetKey: () => undefined,
      },
      keyGenerator: (_request, response) => String(response.locals.limitKey),
      handler: (_request, _response, next) => next(tooManyRequests()),
    });
    limits.set(name, middleware);
  }
  return (name, key, { request, response }) =>
    new Promise((resolve, reject) => {
      response.locals.limitKey = key;
      void limits.get(name)?.(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
}
