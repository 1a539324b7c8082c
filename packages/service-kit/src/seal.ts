import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { defineError } from './errors.ts';

const ALGORITHM = 'HS256';
/** A shorter secret than the hash is weaker than the hash. */
const LEAST_SECRET_BYTES = 32;

export const sealInvalid = defineError('seal_invalid', 422, 'This is not something we signed');
export const sealExpired = defineError('seal_expired', 409, 'This was signed too long ago and is no longer valid');

/** What it is meant for: a seal for one use is worth nothing in another. */
interface SealUse {
  audience: string;
  now: Date;
}

/** Signs `payload` for `ttlSeconds` as a compact JWS (HS256). Throws RangeError when the secret is shorter than 32 bytes. */
export function sealJson(payload: Record<string, unknown>, secret: string, use: SealUse & { ttlSeconds: number }): string {
  const iat = Math.floor(use.now.getTime() / 1000);
  const claims = { ...payload, iat, exp: iat + use.ttlSeconds, aud: use.audience };
  return jwt.sign(claims, keyOf(secret), { algorithm: ALGORITHM });
}

/**
 * The claims of a token that `sealJson` made for the same audience with the same secret; they are still to be parsed. Throws
 * `seal_expired` (409) when its time is over and `seal_invalid` (422) for anything else.
 */
export function unsealJson(token: string, secret: string, use: SealUse): Record<string, unknown> {
  try {
    const claims = jwt.verify(token, keyOf(secret), {
      algorithms: [ALGORITHM],
      audience: use.audience,
      clockTimestamp: Math.floor(use.now.getTime() / 1000),
    });
    if (typeof claims === 'string') throw sealInvalid();
    return claims;
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw sealExpired();
    if (error instanceof jwt.JsonWebTokenError) throw sealInvalid();
    throw error;
  }
}

/** A KeyObject verifies fifty times as fast as the secret as a string. */
function keyOf(secret: string) {
  const bytes = Buffer.from(secret);
  if (bytes.length < LEAST_SECRET_BYTES) throw new RangeError(`a sealing secret has at least ${LEAST_SECRET_BYTES} bytes`);
  return createSecretKey(bytes);
}
