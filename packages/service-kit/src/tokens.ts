import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { id, ROLES } from '@souk/contracts';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { unauthenticated } from './errors.ts';

export const ISSUER = 'souk';
export const AUDIENCE = 'souk-api';
const ALGORITHM = 'ES256';
const MOST_REMEMBERED = 10_000;
const MOST_LENGTH = 4096;
/** An unknown `kid` makes us ask for the keys again, but not more often than this. */
const REFETCH_MS = 2_000;
/** By how much the clocks of two machines may differ. */
const SKEW_SECONDS = 60;

export const claims = z.object({
  userId: id,
  email: z.string(),
  role: z.enum(ROLES),
  companyId: id.optional(),
  shopIds: z.array(id).default([]),
  sid: id,
  /** Of a service account: all that its key may do. */
  scopes: z.array(z.string()).optional(),
  /** What the company keeps from its shops' people. */
  withheld: z.array(z.string()).optional(),
  iat: z.number(),
  exp: z.number(),
});
export type Claims = z.infer<typeof claims>;

export interface PublicKey {
  kid: string;
  jwk: JsonWebKey;
}

/** Signs an access token for `ttlSeconds`. Only auth and the testing package have a key to do it with. */
export function signToken(
  payload: Omit<Claims, 'iat' | 'exp'>,
  key: { kid: string; privateKey: KeyObject },
  options: { ttlSeconds: number; now: Date },
): string {
  const iat = Math.floor(options.now.getTime() / 1000);
  return jwt.sign({ ...payload, iat, exp: iat + options.ttlSeconds }, key.privateKey, {
    algorithm: ALGORITHM,
    keyid: key.kid,
    issuer: ISSUER,
    audience: AUDIENCE,
  });
}

/** A revocation as auth lists it: of one session, or of all tokens of a user issued before `before`. */
export interface Revocation {
  sid?: string | undefined;
  userId?: string | undefined;
  /** Seconds since the epoch. */
  before: number;
}

/**
 * Verifies access tokens against the keys auth publishes. A token that was verified is remembered until it expires or its session is
 * revoked, because verifying costs a thousand times as much as remembering.
 */
export class TokenVerifier {
  readonly #fetchKeys: () => Promise<PublicKey[]>;
  readonly #now: () => Date;
  #keys = new Map<string, KeyObject>();
  #fetchedAtMs = 0;
  readonly #underWay = new Set<Promise<void>>();
  readonly #remembered = new Map<string, Claims>();
  readonly #revokedSessions = new Map<string, number>();
  readonly #revokedUsers = new Map<string, number>();

  constructor(fetchKeys: () => Promise<PublicKey[]>, now: () => Date) {
    this.#fetchKeys = fetchKeys;
    this.#now = now;
  }

  /** The claims of a valid token. Throws `unauthenticated` for every other. */
  async verify(token: string): Promise<Claims> {
    const known = this.#remembered.get(token);
    const found = known ?? (await this.#verifySigned(token));
    if (!this.stands(found)) {
      this.#remembered.delete(token);
      throw unauthenticated();
    }
    if (!known) this.#remember(token, found);
    return found;
  }

  /** Whether a token that was verified once is good still: it has not expired, and its session has not ended. */
  stands({ sid, userId, iat, exp }: Claims): boolean {
    const isRevoked = this.#revokedSessions.has(sid) || iat < (this.#revokedUsers.get(userId) ?? 0);
    const nowSeconds = this.#now().getTime() / 1000;
    return !isRevoked && exp > nowSeconds && iat <= nowSeconds + SKEW_SECONDS;
  }

  /** Forgets and refuses the tokens of a session or a user. */
  revoke({ sid, userId, before }: Revocation): void {
    if (sid !== undefined) this.#revokedSessions.set(sid, before);
    if (userId !== undefined) this.#revokedUsers.set(userId, Math.max(before, this.#revokedUsers.get(userId) ?? 0));
  }

  /** Drops revocations that only concern tokens which have expired anyway. */
  forgetBefore(seconds: number): void {
    for (const list of [this.#revokedSessions, this.#revokedUsers])
      for (const [key, before] of list) if (before < seconds) list.delete(key);
  }

  /** Takes the keys anew; a key that is gone verifies nothing any more. */
  async refreshKeys(): Promise<void> {
    // What is under way may have been answered before whatever the caller heard of: a key would be refused too late.
    const fetching = Promise.allSettled(this.#underWay).then(() => this.#fetch());
    this.#underWay.add(fetching);
    await fetching.finally(() => this.#underWay.delete(fetching));
  }

  async #fetch(): Promise<void> {
    const fetched = await this.#fetchKeys();
    // Only now: a token must not be refused because the keys are still on their way, or could not be had.
    this.#fetchedAtMs = Date.now();
    const gone = [...this.#keys.keys()].some((kid) => !fetched.some((key) => key.kid === kid));
    this.#keys = new Map(fetched.map(({ kid, jwk }) => [kid, createPublicKey({ key: jwk, format: 'jwk' })]));
    if (gone) this.#remembered.clear();
  }

  async #keyOf(kid: string): Promise<KeyObject> {
    // Who comes while the keys are on their way waits for them.
    const [underWay] = this.#underWay;
    const mayAsk = underWay !== undefined || Date.now() - this.#fetchedAtMs > REFETCH_MS;
    if (mayAsk && !this.#keys.has(kid)) await (underWay ?? this.refreshKeys());
    const key = this.#keys.get(kid);
    if (!key) throw unauthenticated();
    return key;
  }

  async #verifySigned(token: string): Promise<Claims> {
    const kid = token.length <= MOST_LENGTH ? readKid(token) : undefined;
    if (kid === undefined) throw unauthenticated();
    const key = await this.#keyOf(kid);
    try {
      const clockTimestamp = Math.floor(this.#now().getTime() / 1000);
      const asked: jwt.VerifyOptions = { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE, clockTimestamp };
      return claims.parse(jwt.verify(token, key, asked));
    } catch {
      throw unauthenticated();
    }
  }

  #remember(token: string, found: Claims): void {
    const [oldest] = this.#remembered.size < MOST_REMEMBERED ? [] : this.#remembered.keys();
    if (oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(token, found);
  }
}

/** A header that must be understood (RFC 7515, 4.1.11) is none that we understand. */
const header = z.object({ kid: z.string().max(128), crit: z.never().optional() });

/** The key that a token names; undefined for what is spelt in another way than it was made: the last bits of base64 are not signed. */
function readKid(token: string): string | undefined {
  try {
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
    const isAsMade = parts.map((part) => part.toString('base64url')).join('.') === token;
    return isAsMade ? header.parse(JSON.parse(String(parts[0]))).kid : undefined;
  } catch {
    return undefined;
  }
}
