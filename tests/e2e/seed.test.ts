import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_CUSTOMER, DEMO_PASSWORD, signIn } from '../../scripts/demo/people.ts';
import { root } from '../../scripts/system/places.ts';
import type { Platform } from './platform.ts';
import { startPlatform, until } from './platform.ts';

/** The demo data, made by a run that is killed in its middle and by another one after it. */

const START_MS = 240_000;
const SEED_MS = 240_000;
const PRODUCTS = { 'north-home': 80, 'brittle-and-bone': 70, kumo: 50 };

const folder = mkdtempSync(join(tmpdir(), 'souk-seed-'));

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(platform.system.secrets), { mode: 0o600 });
}, START_MS);
afterAll(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

interface Run {
  said: string;
  code: number | null;
}

/** Runs the script to its end, or kills it once `isEnough` is made; gives what it said, and how it ended. */
async function seed(isEnough?: (said: string) => Promise<boolean>): Promise<Run> {
  const { gatewayUrl, mailUrl } = platform.system;
  const env = { PATH: process.env.PATH, SOUK_STATE: folder, SOUK_GATEWAY_URL: gatewayUrl, SOUK_MAIL_URL: mailUrl };
  const child = spawn(process.execPath, [join(root, 'scripts', 'seed.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data;
  });
  const closed = once(child, 'close');
  if (isEnough) {
    await until(() => isEnough(said), Boolean, SEED_MS);
    child.kill('SIGKILL');
  }
  const [code] = await closed;
  return { said, code };
}

test(
  'what a run that broke off has made is gone on from, once',
  async () => {
    const { api, superAdmin } = platform;
    // In the midst of the first company's products; then before its people and the other companies are there.
    const isStocked = async () => (await api.ask('GET', '/products?limit=1')).total > 10;
    for (const isEnough of [isStocked, async (said: string) => said.includes('North Home')])
      expect((await seed(isEnough)).code).toBeNull();
    const repeated = await seed();
    expect(repeated).toMatchObject({ code: 0, said: expect.stringContaining(DEMO_CUSTOMER.email) });

    const companies = await api.ask('GET', '/companies?limit=100', { token: superAdmin.token });
    expect(companies.data.map(({ slug }) => slug).sort()).toEqual(Object.keys(PRODUCTS).sort());
    const shops = await api.ask('GET', '/shops?limit=100', { token: superAdmin.token });
    expect(shops.data.map(({ name }) => name).sort()).toEqual(['Boston', 'Brooklyn', 'Camden', 'Kyoto', 'Leeds']);
    for (const { id, slug } of companies.data) {
      const wanted = PRODUCTS[slug as keyof typeof PRODUCTS];
      const { token } = await signIn(api, { email: `admin@${slug}.example.com`, password: DEMO_PASSWORD });
      await until(
        () => api.ask('GET', `/products?companyId=${id}&limit=1`),
        ({ total }) => total === wanted,
      );
      const stock = await api.ask('GET', '/inventory?limit=100', { token });
      expect(new Set(stock.data.map(({ onHand }) => onHand))).toEqual(new Set([100]));
    }
    await Promise.all(
      ['manager', 'staff'].map((who) => signIn(api, { email: `${who}@north-home.example.com`, password: DEMO_PASSWORD })),
    );
    expect((await signIn(api, DEMO_CUSTOMER)).token).toEqual(expect.any(String));
    expect((await seed()).said).toBe('The demo data is there already.\n');
  },
  SEED_MS,
);
