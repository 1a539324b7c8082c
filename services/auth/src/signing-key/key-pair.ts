import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

/** A key to sign with and what is published of it. */
export interface KeyPair {
  kid: string;
  x: string;
  y: string;
  privateKey: KeyObject;
}

/** The pair of a P-256 key as PKCS8 PEM. Throws TypeError for any other key. */
export function keyPairOf(pem: string): KeyPair {
  const privateKey = createPrivateKey(pem);
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv !== 'P-256' || x === undefined || y === undefined) throw new TypeError('a signing key is a P-256 key');
  // The thumbprint of RFC 7638: these members in this sequence, without spaces.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, x, y, privateKey };
}

export const newKeyPair = (): KeyPair => keyPairOf(pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));

export const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
