import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { unsupportedMediaType } from '@souk/service-kit';

/**
 * Operations by which a stranger tries names, passwords and codes: counted more strictly, and by account where the body names its
 * address. Auth, which knows whose a challenge is, counts the codes of an account.
 */
export const SIGN_INS: ReadonlySet<string> = new Set([
  'POST /auth/login',
  'POST /auth/login/second-factor',
  'POST /auth/register',
  'POST /auth/forgot-password',
  'POST /auth/oidc/{provider}/start',
  'POST /auth/oidc/{provider}/callback',
]);

const BYTE_ORDER_MARK = /^\ufeff/;

/** Refuses a body that the service would read in another way than we do, and so find an account in it that was not counted. */
export function refuseUnreadable(headers: IncomingHttpHeaders): void {
  const charsets = String(headers['content-type'] ?? '').matchAll(/charset\s*=\s*"?([^\s;"]*)/gi);
  const isPlain =
    headers['content-encoding'] === undefined && [...charsets].every(([, charset]) => /^utf-8$/i.test(charset ?? ''));
  if (!isPlain) throw unsupportedMediaType('Send it as it is, in UTF-8');
}

/** Names the account that a sign-in is about, by the hash of its address; undefined when the body names none. */
export function accountIn(body: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString().replace(BYTE_ORDER_MARK, ''));
    const email: unknown = parsed !== null && typeof parsed === 'object' && 'email' in parsed ? parsed.email : undefined;
    return typeof email === 'string' ? createHash('sha256').update(email.trim().toLowerCase()).digest('base64url') : undefined;
  } catch {
    return undefined;
  }
}
