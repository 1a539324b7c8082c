import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** RFC 6238 with what every authenticator app takes. */
const STEP_SECONDS = 30;
const TERMS = { issuer: 'Souk', algorithm: 'SHA1', digits: 6, period: STEP_SECONDS } as const;
/** RFC 4226 recommends 160 bits. */
const SECRET_BYTES = 20;
/** Steps before and after the present one whose codes are taken: clocks and fingers are slow. */
const WINDOW = 1;
export const RECOVERY_CODES = 10;
/** 80 bits: not to be found from its digest. */
const RECOVERY_BYTES = 10;

const totpOf = (secret: string, label = 'account'): TOTP => new TOTP({ ...TERMS, label, secret: Secret.fromBase32(secret) });

export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** The otpauth:// URI that an authenticator app reads from a QR code. */
export const enrolmentUri = (secret: string, email: string): string => totpOf(secret, email).toString();

/** The time step whose code `code` is; undefined when it is of none near `now`. */
export function stepOf(secret: string, code: string, now: Date): number | undefined {
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? undefined : Math.floor(timestamp / 1000 / STEP_SECONDS) + delta;
}

const TOTP_CODE = /^\d{6}$/;

/** What a person typed, without the gaps that make it readable, and what kind of code it is. */
export function readCode(typed: string): { kind: 'totp' | 'recovery'; code: string } {
  const code = typed.replace(/[\s-]/g, '').toUpperCase();
  return { kind: TOTP_CODE.test(code) ? 'totp' : 'recovery', code };
}

/** A code for the day when the device is lost, in four groups of four. */
export const newRecoveryCode = (): string =>
  (new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_BYTES)).buffer }).base32.match(/.{4}/g) ?? []).join('-');
