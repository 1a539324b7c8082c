import { generateKeyPairSync } from 'node:crypto';
import { keyAdded, keyRefused } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { companyAdmin, superAdmin, testDatabaseUri } from '@souk/testing';
import { signingKeys } from '../src/signing-key/signing-key.store.ts';
import { bearer, logIn, newCustomer, startAuth } from './running-auth.ts';
import { everythingStored } from './stored-secrets.ts';

const MINUTE_MS = 60_000;
const newPem = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let auth: TestService;
let replica: TestService;
let secrets: { 'auth-signing-key': string; 'mongodb-uri': string };
beforeEach(async () => {
  secrets = { 'auth-signing-key': newPem(), 'mongodb-uri': testDatabaseUri(`k${crypto.randomUUID().slice(0, 8)}`) };
  auth = await startAuth({}, secrets);
  replica = await startAuth({}, secrets);
});
afterEach(async () => {
  await Promise.all([auth.stop(), replica.stop()]);
});

const kidOf = (accessToken: string): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()).kid;

/** The ids of what a replica publishes. */
async function publishedBy(one: TestService): Promise<string[]> {
  const { body } = await one.request('GET', '/.well-known/jwks.json');
  return body.keys.map((key) => String(key.kid)).sort();
}

async function verifies(one: TestService, accessToken: string): Promise<boolean> {
  await one.running.runtime.tokens.refreshKeys();
  return (await one.request('GET', '/auth/me', { headers: bearer(accessToken) })).status === 200;
}

/** Both replicas' clocks. */
const advance = (ms: number) => [auth, replica].map((one) => one.advance(ms));

const rotate = () => auth.request('POST', '/auth/keys/rotate', { as: superAdmin() });
const refuse = (kid: string) => auth.request('DELETE', `/auth/keys/${kid}`, { as: superAdmin() });
const states = async () =>
  (await auth.request('GET', '/auth/keys', { as: superAdmin() })).body.data.map(({ kid, state }) => [kid, state]);

test('every replica publishes a new key for a minute before any signs with it', async () => {
  const { email, tokens } = await newCustomer(auth);
  const first = kidOf(tokens.accessToken);
  const { status, body } = await rotate();
  expect([status, body.state]).toEqual([200, 'next']);
  for (const one of [auth, replica]) {
    expect(await publishedBy(one)).toEqual([first, body.kid].sort());
    expect(kidOf((await logIn(one, email)).body.accessToken)).toBe(first);
  }
  advance(MINUTE_MS);
  for (const one of [auth, replica]) {
    const { accessToken } = (await logIn(one, email)).body;
    expect(kidOf(accessToken)).toBe(body.kid);
    for (const other of [auth, replica]) expect(await verifies(other, accessToken)).toBe(true);
  }
  expect(await states()).toEqual([
    [body.kid, 'signing'],
    [first, 'verifying'],
  ]);
  expect((await auth.published(keyAdded)).at(-1)).toMatchObject({ subject: body.kid, data: { kid: body.kid } });
});

test('a rotated key verifies until its last token has expired, and no longer', async () => {
  const { email, tokens } = await newCustomer(auth);
  await rotate();
  advance(MINUTE_MS - 5_000);
  const { accessToken: last } = (await logIn(auth, email)).body;
  expect(kidOf(last)).toBe(kidOf(tokens.accessToken));
  advance(15 * MINUTE_MS - 5_000);
  expect(await verifies(replica, last)).toBe(true);
  expect(await publishedBy(replica)).toHaveLength(2);
  advance(MINUTE_MS + 10_000);
  for (const one of [auth, replica]) expect(await publishedBy(one)).not.toContain(kidOf(last));
  expect((await states())[1]).toEqual([kidOf(last), 'retired']);
});

test('a second rotation waits for the first', async () => {
  const answers = await Promise.all([rotate(), rotate(), rotate()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect(await rotate()).toMatchObject({ status: 409, body: { code: 'auth.rotation_under_way' } });
  advance(MINUTE_MS);
  expect((await rotate()).status).toBe(200);
  expect((await states()).map(([, state]) => state)).toEqual(['next', 'signing', 'verifying']);
});

test('a compromised key is refused at once; a new one signs in its place, in every replica', async () => {
  const { email, tokens } = await newCustomer(auth);
  const bad = kidOf(tokens.accessToken);
  const { body: before } = await replica.request('GET', '/auth/revocations', { app: 'sales' });
  expect(await verifies(replica, tokens.accessToken)).toBe(true);
  expect((await refuse(bad)).status).toBe(204);
  for (const one of [auth, replica]) {
    expect(await publishedBy(one)).not.toContain(bad);
    expect(await verifies(one, tokens.accessToken)).toBe(false);
    const { accessToken } = (await logIn(one, email)).body;
    expect(kidOf(accessToken)).not.toBe(bad);
    expect(await verifies(replica, accessToken)).toBe(true);
  }
  const { body: after } = await replica.request('GET', '/auth/revocations', { app: 'sales' });
  expect([before.keySet, after.keySet]).toEqual([bad, (await publishedBy(auth))[0]]);
  expect((await auth.published(keyRefused)).map(({ subject }) => subject)).toEqual([bad]);
  expect((await refuse(bad)).status).toBe(404);
});

test('the next key signs at once where the present one is compromised, and the present one stays where the next is', async () => {
  const { email, tokens } = await newCustomer(auth);
  const first = kidOf(tokens.accessToken);
  const { body: next } = await rotate();
  expect((await refuse(next.kid)).status).toBe(204);
  advance(30 * MINUTE_MS);
  expect(kidOf((await logIn(auth, email)).body.accessToken)).toBe(first);
  const { body: other } = await rotate();
  expect((await refuse(first)).status).toBe(204);
  expect(kidOf((await logIn(replica, email)).body.accessToken)).toBe(other.kid);
  expect(await publishedBy(auth)).toEqual([other.kid]);
});

test('a key of the configuration that is new is taken over as a rotation; a refused one never comes back', async () => {
  const { email, tokens } = await newCustomer(auth);
  const first = kidOf(tokens.accessToken);
  const successor = await startAuth({}, { ...secrets, 'auth-signing-key': newPem() });
  try {
    await successor.runJob('take over the key of the configuration');
    expect(await publishedBy(auth)).toHaveLength(2);
    expect(kidOf((await logIn(successor, email)).body.accessToken)).toBe(first);
    expect((await refuse(first)).status).toBe(204);
    await replica.runJob('take over the key of the configuration');
    expect(await publishedBy(auth)).not.toContain(first);
    expect(await publishedBy(auth)).toHaveLength(1);
  } finally {
    await successor.stop();
  }
});

test('is a super admin’s', async () => {
  const as = companyAdmin(crypto.randomUUID());
  expect((await auth.request('GET', '/auth/keys', { as })).status).toBe(403);
  expect((await auth.request('POST', '/auth/keys/rotate', { as })).status).toBe(403);
  expect((await auth.request('DELETE', `/auth/keys/${'x'.repeat(43)}`, { as })).status).toBe(403);
  expect((await refuse('x'.repeat(43))).status).toBe(404);
});

test('keeps private halves sealed, and of keys that sign no more not at all', async () => {
  const [key] = await auth.db(signingKeys).find({});
  const d = Buffer.from(secrets['auth-signing-key'].split('\n').slice(1, -2).join(''), 'base64').subarray(36, 68);
  const stored = await everythingStored(auth);
  for (const form of ['base64url', 'base64', 'hex'] as const) expect(stored).not.toContain(d.toString(form));
  expect(stored).not.toContain('PRIVATE KEY');
  expect(key?.sealedKey).toBeDefined();
  await rotate();
  advance(MINUTE_MS);
  await rotate();
  expect((await auth.db(signingKeys).findOne({ _id: key?._id }))?.sealedKey).toBeUndefined();
  await refuse(key?._id ?? '');
  expect((await auth.db(signingKeys).findOne({ _id: key?._id }))?.refusedAt).toBeDefined();
});
