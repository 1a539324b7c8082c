import type { KeyObject } from 'node:crypto';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { AUDIENCE, ISSUER } from '@souk/service-kit';
import type { Person } from '@souk/testing';
import { testKey } from '@souk/testing';

export type Json = Record<string, unknown>;

/** A way to present what is no good token: as a token, or as whole Authorization headers where the scheme is the attack. */
export interface Mutant {
  name: string;
  token: string;
  authorization?: readonly string[];
}

/** What all mutants are made from. */
export interface Ground {
  good: string;
  header: Json;
  claims: Json;
  now: number;
  /** A server of the attacker's, which nobody must ask for keys. */
  attackerUrl: string;
}

export const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const publicKey = createPublicKey(testKey.privateKey);

/** A part of a token: JSON, or the very text. */
export const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs two parts as ES256 does, whatever the header says. */
export function signed(header: unknown, payload: unknown, key: KeyObject): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export const byAttacker = (header: unknown, payload: unknown): string => signed(header, payload, attacker.privateKey);

/** What only auth could sign: a mutant of it shows what would follow from a fault of auth's. */
export const byAuth = (header: unknown, payload: unknown): string => signed(header, payload, testKey.privateKey);

export function hashed(header: Json, payload: Json, { bits, secret }: { bits: number; secret: Buffer | string }): string {
  const input = `${part({ ...header, alg: `HS${bits}` })}.${part(payload)}`;
  return `${input}.${createHmac(`sha${bits}`, secret).update(input).digest('base64url')}`;
}

export const headerOf = (kid: string): Json => ({ alg: 'ES256', typ: 'JWT', kid });

export function claimsOf(person: Person, now: number): Json {
  return { ...person, iat: now, exp: now + 900, iss: ISSUER, aud: AUDIENCE };
}

/** A list of mutants of one kind, each from a name and a token. */
export const mutants = (kind: string, tokens: readonly (readonly [name: string, token: string])[]): Mutant[] =>
  tokens.map(([name, token]) => ({ name: `${kind}: ${name}`, token }));

export const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 60);
