import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from './demo/api.ts';
import { stockCatalogue } from './demo/catalogue.ts';
import { DEMO_CUSTOMER, DEMO_PASSWORD, hire, registerCustomer, signIn, takeOver } from './demo/people.ts';
import type { TenantPlan } from './demo/tenant.ts';
import { openTenant } from './demo/tenant.ts';

const COMPANIES: (TenantPlan & { products: number })[] = [
  {
    slug: 'north-home',
    name: 'North Home',
    password: DEMO_PASSWORD,
    currency: 'USD',
    timezone: 'America/New_York',
    country: 'US',
    taxRate: 800,
    shipping: 599,
    shops: ['Brooklyn', 'Boston'],
    warehouses: ['Newark', 'Albany'],
    products: 80,
  },
  {
    slug: 'brittle-and-bone',
    name: 'Brittle & Bone',
    password: DEMO_PASSWORD,
    currency: 'GBP',
    timezone: 'Europe/London',
    country: 'GB',
    taxRate: 2_000,
    shipping: 399,
    shops: ['Camden', 'Leeds'],
    warehouses: ['Reading'],
    products: 70,
  },
  {
    slug: 'kumo',
    name: 'Kumo',
    password: DEMO_PASSWORD,
    currency: 'JPY',
    timezone: 'Asia/Tokyo',
    country: 'JP',
    taxRate: 1_000,
    shipping: 500,
    shops: ['Kyoto'],
    warehouses: ['Osaka'],
    products: 50,
  },
];

const state = process.env.SOUK_STATE ?? '.souk';
const gatewayUrl = process.env.SOUK_GATEWAY_URL ?? 'http://127.0.0.1:8000';
const mailUrl = process.env.SOUK_MAIL_URL ?? 'http://127.0.0.1:1080';
const say = (line: string) => process.stdout.write(`${line}\n`);

const secrets: Record<string, string> = JSON.parse(readFileSync(join(state, 'secrets.json'), 'utf8'));
const api = new Api(gatewayUrl);
const platform = await signIn(api, {
  email: secrets['super-admin-email'] ?? '',
  password: secrets['super-admin-password'] ?? '',
});
// The last that is made: with it everything is there. A run that broke off before goes on where it was.
const customer = await api.find(`/users?email=${DEMO_CUSTOMER.email}`, platform.token, () => true);

if (customer?.isVerified) say('The demo data is there already.');
else await seed();
await api.close();

async function seed(): Promise<void> {
  for (const plan of COMPANIES) {
    const tenant = await openTenant(api, { mailUrl, superToken: platform.token }, plan);
    await stockCatalogue(api, tenant, { prefix: plan.slug.slice(0, 2).toUpperCase(), count: plan.products, stock: 100 });
    say(
      `${plan.name}: ${plan.shops.length} shops, ${plan.warehouses.length} warehouses, ${plan.products} products; ${tenant.admin.email}`,
    );
    if (plan !== COMPANIES[0]) continue;
    for (const role of ['shop_manager', 'shop_staff'] as const) {
      const email = `${role.replace('shop_', '')}@${plan.slug}.example.com`;
      const person = { name: `Demo ${role}`, email, password: DEMO_PASSWORD, role, by: tenant.admin.token };
      const { userId } = await hire(api, mailUrl, person);
      await api.insist('POST', `/shops/${tenant.shopIds[0]}/staff`, { token: tenant.admin.token, body: { userId } });
      say(`${role}: ${email}`);
    }
  }
  await (customer ? takeOver : registerCustomer)(api, mailUrl, DEMO_CUSTOMER);
  say(`customer: ${DEMO_CUSTOMER.email}; the password of all of them is ${DEMO_PASSWORD}`);
}
