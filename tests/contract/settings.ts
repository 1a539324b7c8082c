import { generateKeyPairSync } from 'node:crypto';
import type { ServiceName } from '@souk/contracts';

const MUCH = String(1_000_000_000);
const quoteKey = { 'quote-key': 'a-quote-key-for-tests-that-is-long-enough' };

export interface Settings {
  env?: Record<string, string>;
  secrets?: Record<string, string>;
}

/** What a service cannot start without. Nothing is reached through it. */
export const settings: Partial<Record<ServiceName, Settings>> = {
  auth: {
    env: { BCRYPT_COST: '4' },
    secrets: {
      'auth-signing-key': generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      'auth-sealing-key': 'a-sealing-key-for-tests-that-has-43-characters-or-more',
      'super-admin-email': 'admin@souk.example',
      'super-admin-password': 'a password for tests',
    },
  },
  // Nothing answers there: no key is tried for real.
  company: {
    env: { STRIPE_URL: 'http://127.0.0.1:9', PAYPAL_URL: 'http://127.0.0.1:9' },
    secrets: { 'company-sealing-key': 'a-sealing-key-for-tests-that-has-43-characters-or-more' },
  },
  ecommerce: { secrets: quoteKey },
  sales: { secrets: quoteKey },
  gateway: { env: { LIMIT_PER_IP: MUCH, LIMIT_PER_USER: MUCH } },
  notification: { secrets: { 'smtp-url': 'smtp://127.0.0.1:9' } },
  payment: {
    secrets: {
      'sandbox-url': 'http://127.0.0.1:9',
      'sandbox-api-key': 'a-key-for-tests',
      'sandbox-webhook-secret': 'a-secret-for-tests',
    },
  },
};
