import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The name of the header that carries the signature of a webhook. */
export const signatureHeader = 'Sandbox-Signature';

function digest(rawBody: Buffer | string, seconds: number, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(rawBody).digest();
}

/** The header value `t=<unix seconds>,v1=<hex>` for a body sent at `nowMs`. */
export function signBody(rawBody: Buffer | string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${digest(rawBody, seconds, secret).toString('hex')}`;
}

/** Compares two secrets without telling by its time where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

/**
 * True when `header` signs exactly these bytes with `secret` and its time is within `toleranceSeconds` of `nowMs`, either way.
 * Several `v1` parts may be given, as while a secret is rotated; one that fits is enough. Never throws on a malformed header.
 */
// biome-ignore lint/complexity/useMaxParams: the bytes come first and apart, in the sequence of Stripe's own constructEvent.
export function verifySignature(
  rawBody: Buffer | string,
  header: string,
  secret: string,
  nowMs: number,
  toleranceSeconds = 300,
): boolean {
  const parts = header.split(',').map((part) => part.trim());
  const time = parts.find((part) => /^t=\d{1,12}$/.test(part));
  if (time === undefined) return false;
  const seconds = Number(time.slice(2));
  if (Math.abs(nowMs / 1000 - seconds) > toleranceSeconds) return false;
  const expected = digest(rawBody, seconds, secret);
  const signatures = parts.filter((part) => /^v1=[0-9a-f]{64}$/.test(part)).slice(0, 5);
  return signatures.some((part) => timingSafeEqual(Buffer.from(part.slice(3), 'hex'), expected));
}
