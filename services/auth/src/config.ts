import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';
import { clientSecrets, providerList } from './oidc/provider.settings.ts';

/** Below this a stolen database is cracked too cheaply; tests may go lower, production may not. */
const LEAST_COST_IN_PRODUCTION = 12;

export const config = defineConfig({
  environment: z
    .object({
      NODE_ENV: z.string().default('development'),
      BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(LEAST_COST_IN_PRODUCTION),
      /** Whether a customer must follow the mailed link before the first login. */
      REQUIRE_VERIFIED_EMAIL: z.stringbool().default(true),
      /** JSON: the OpenID providers that people may log in by. */
      OIDC_PROVIDERS: providerList.prefault('[]'),
    })
    .refine(({ NODE_ENV, BCRYPT_COST }) => NODE_ENV !== 'production' || BCRYPT_COST >= LEAST_COST_IN_PRODUCTION, {
      path: ['BCRYPT_COST'],
      message: `production needs at least ${LEAST_COST_IN_PRODUCTION}`,
    })
    .refine(
      ({ NODE_ENV, OIDC_PROVIDERS }) =>
        NODE_ENV !== 'production' || OIDC_PROVIDERS.every(({ issuer }) => issuer.startsWith('https:')),
      {
        path: ['OIDC_PROVIDERS'],
        message: 'production needs an issuer by https',
      },
    ),
  secrets: z.object({
    /** PKCS8 PEM of a P-256 key. */
    'auth-signing-key': z.string().min(1),
    /** Seals what auth itself must read again: second factors and the keys that tokens are signed with. */
    'auth-sealing-key': z.string().min(43),
    /** JSON: the client secret of each provider that gave one, by its id. */
    'oidc-client-secrets': clientSecrets.prefault('{}'),
    'super-admin-email': z.email(),
    'super-admin-password': z.string().min(10).max(200),
  }),
});
