import { createHash, randomBytes } from 'node:crypto';

/** What is stored of a secret that was handed out: useless to whoever reads the database. It has 256 random bits, so it needs no salt. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** A secret for a client and what to store of it. */
export function newSecret(): { secret: string; digest: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, digest: digestOf(secret) };
}
