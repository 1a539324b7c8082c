import { createHash } from 'node:crypto';

/** Names the account that a sign-in is about, by the hash of its address; undefined when the body names none. */
export function accountIn(body: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    const email: unknown = parsed !== null && typeof parsed === 'object' && 'email' in parsed ? parsed.email : undefined;
    return typeof email === 'string' ? createHash('sha256').update(email.trim().toLowerCase()).digest('base64url') : undefined;
  } catch {
    return undefined;
  }
}
