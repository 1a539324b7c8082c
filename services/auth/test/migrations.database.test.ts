import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestService } from '@souk/testing';
import { eventually, testDatabaseUri } from '@souk/testing';
import { logIn, SEALING_KEY, SUPER_ADMIN, startAuth } from './running-auth.ts';

/** The process that migrates before an upgrade: the service's own, beside no sidecar. */

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');
const ENDS_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'souk-migration-'));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

afterAll(() => rmSync(folder, { recursive: true }));

/** Throws with what it said when it does not end well. */
async function migrateBy(secrets: Record<string, string>): Promise<void> {
  const file = join(folder, 'secrets.json');
  writeFileSync(file, JSON.stringify(secrets));
  const env = {
    MIGRATION_SECRETS_FILE: file,
    PORT: '8001',
    // Nobody is there.
    DAPR_HTTP_PORT: '1',
    DAPR_API_TOKEN: 'a-token-for-tests-only',
    APP_API_TOKEN: 'a-token-for-tests-only',
    BCRYPT_COST: '4',
    NODE_ENV: 'development',
  };
  await promisify(execFile)(process.execPath, [MAIN], { env, timeout: ENDS_MS });
}

const secretsFor = (uri: string) => ({
  'mongodb-uri': uri,
  'auth-signing-key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'auth-sealing-key': SEALING_KEY,
  'super-admin-email': SUPER_ADMIN.email,
  'super-admin-password': SUPER_ADMIN.password,
});

describe('a process that only migrates', () => {
  let auth: TestService | undefined;
  afterAll(() => auth?.stop());

  it('brings the database to its version and ends; the service that starts then publishes what that logged, once', async () => {
    const secrets = secretsFor(testDatabaseUri(`m${crypto.randomUUID().slice(0, 8)}`));
    await migrateBy(secrets);
    await migrateBy(secrets);
    auth = await startAuth({}, secrets);
    expect((await logIn(auth, SUPER_ADMIN.email, SUPER_ADMIN.password)).status).toBe(200);
    const registered = () => auth?.sidecar.published.filter(({ type }) => type === 'user.registered');
    await eventually(() => expect(registered()).toHaveLength(1), { withinMs: 15_000 });
  });

  it('fails where it cannot, and says why', async () => {
    const { 'super-admin-password': _password, ...secrets } = secretsFor(testDatabaseUri(`m${crypto.randomUUID().slice(0, 8)}`));
    await expect(migrateBy(secrets)).rejects.toThrow('super-admin-password');
  });
});
