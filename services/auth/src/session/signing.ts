import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { jwk as jwkSchema } from '@souk/contracts';
import type { Claims } from '@souk/service-kit';
import { ConfigError, defineResource, signToken, system } from '@souk/service-kit';
import { config } from '../config.ts';
import { ACCESS_SECONDS } from './session.rules.ts';
import { signingKeys } from './signing-key.store.ts';

/** The key that access tokens are signed with, and its public half as RFC 7517 has it. */
export const signing = defineResource({
  name: 'signing key',
  async start(runtime) {
    const privateKey = createPrivateKey(config.of(runtime)['auth-signing-key']);
    if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
      throw new ConfigError('auth-signing-key must be a P-256 key');
    const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
    // The thumbprint of RFC 7638: these members in this sequence, without spaces.
    const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    const now = runtime.now();
    const seen = await runtime.database
      .in(signingKeys, system('the age of a key'))
      .findOneAndUpdate({ _id: kid }, { $setOnInsert: { firstSeenAt: now } }, { upsert: true });
    return {
      firstSeenAt: seen?.firstSeenAt ?? now,
      publicKey: jwkSchema.parse({ kid, kty, crv, x, y, use: 'sig', alg: 'ES256' }),
      /** An access token whose `iat` is `issuedAt`, in seconds since the epoch. */
      sign: (claims: Omit<Claims, 'iat' | 'exp'>, issuedAt: number): string =>
        signToken(claims, { kid, privateKey }, { ttlSeconds: ACCESS_SECONDS, now: new Date(issuedAt * 1000) }),
    };
  },
});
