import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Flat names and values, as the services read them from the Dapr secret store `secrets`. */
export type Secrets = Record<string, string>;

/** Secrets of one service that no other may read. */
const OWNERS: Record<string, readonly string[]> = {
  'auth-signing-key': ['auth'],
  'auth-sealing-key': ['auth'],
  'oidc-client-secrets': ['auth'],
  'company-sealing-key': ['company'],
  'super-admin-email': ['auth'],
  'super-admin-password': ['auth'],
  'sandbox-api-key': ['payment'],
  'sandbox-webhook-secret': ['payment'],
};

/** Those made at the first start and kept in `file`, which only its owner may read; a new name is added to an old file. */
export function keepSecrets(file: string): Secrets {
  const kept: Secrets = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const secrets = { ...generateSecrets(), ...kept };
  mkdirSync(dirname(file), { recursive: true });
  writePrivately(file, JSON.stringify(secrets, null, 2));
  return secrets;
}

/** What the sidecar of `service` is given of all secrets. */
export function secretsFor(service: string, secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => OWNERS[name]?.includes(service) ?? true));
}

/** Writes a file that only its owner may read. */
export function writePrivately(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, content, { mode: 0o600 });
}

export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function generateSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    'auth-signing-key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'auth-sealing-key': randomSecret(),
    'company-sealing-key': randomSecret(),
    'super-admin-email': 'admin@souk.example',
    'super-admin-password': randomSecret(),
    'quote-key': randomSecret(),
    'sandbox-api-key': randomSecret(),
    'sandbox-webhook-secret': randomSecret(),
    'rabbitmq-password': randomSecret(),
    'rabbitmq-cookie': randomBytes(16).toString('hex'),
    'dapr-api-token': randomSecret(),
    'app-api-token': randomSecret(),
  };
}
