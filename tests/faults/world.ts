import { createHash, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import os from 'node:os';
import { SERVICES } from '@souk/contracts';
import type { Claims } from '@souk/service-kit';
import { signToken } from '@souk/service-kit';
import mongoose from 'mongoose';
import type { Api } from '../../scripts/demo/api.ts';
import type { DemoVariant } from '../../scripts/demo/catalogue.ts';
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import { registerCustomer } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { System } from '../../scripts/system/index.ts';
import type { Platform } from '../e2e/platform.ts';
import { startPlatform } from '../e2e/platform.ts';
import type { Reading } from './oracle/index.ts';

/** A company that sells in the load. */
export interface Seller {
  tenant: Tenant;
  variants: (DemoVariant & { productId: string })[];
  /** Pieces of each sku that came in. */
  stock: number;
}

export interface Customer {
  userId: string;
  token: string;
}

/** What a market needs of a platform, wherever that runs. */
export interface Ground extends Pick<Platform, 'api' | 'superAdmin'> {
  system: Pick<System, 'mailUrl' | 'sandboxUrl' | 'mongodbUri' | 'secrets'>;
}

/** Companies that sell and customers who buy. */
export interface Market {
  api: Api;
  /** So much in stock that it never ends. */
  plenty: Seller;
  /** So little that customers race for it. */
  scarce: Seller;
  customers: Customer[];
  reading: Reading;
  close(): Promise<void>;
}

/** A market on a platform of its own. */
export interface World extends Omit<Platform, 'api'>, Market {}

const PASSWORD = 'Faults-Bazaar-2026';
const TOKEN_SECONDS = 4 * 3600;
const RESERVATION_SECONDS = 20;
const PLENTY = 1_000_000;
const SCARCE = 6;
const plan = {
  password: PASSWORD,
  currency: 'USD',
  timezone: 'America/New_York',
  country: 'US',
  taxRate: 800,
  shipping: 500,
  reservationSeconds: RESERVATION_SECONDS,
};

/** A sweep that would wait for minutes proves nothing within a test. */
const FAST_SWEEP = { SWEEP_EVERY_MS: '2000', SWEEP_AGE_MS: '2000' };

/** Starts the platform with a market of `customerCount` customers. */
export async function openWorld(customerCount: number): Promise<World> {
  const platform = await startPlatform({ '*': { ...FAST_SWEEP } });
  try {
    const market = await openMarket(platform, customerCount);
    const stop = async () => {
      await market.close();
      await platform.stop();
    };
    return { ...platform, ...market, stop };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

/** Opens two companies on a platform that runs, and makes `customerCount` customers, whose tokens outlive any run. */
export async function openMarket(ground: Ground, customerCount: number): Promise<Market> {
  const { api, system, superAdmin } = ground;
  const at = { mailUrl: system.mailUrl, superToken: superAdmin.token };
  const [plentyTenant, scarceTenant] = [
    await openTenant(api, at, {
      ...plan,
      slug: 'plenty',
      name: 'Plenty',
      shops: ['Albany', 'Boston'],
      warehouses: ['Troy', 'Utica'],
    }),
    await openTenant(api, at, { ...plan, slug: 'scarce', name: 'Scarce', shops: ['Rome'], warehouses: ['Rome'] }),
  ];
  const sign = signer(system.secrets['auth-signing-key'] ?? '');
  const customers: Customer[] = [];
  for (let index = 0; index < customerCount; index += 1) {
    const account = { name: `Buyer ${index}`, email: `buyer${index}@example.com`, password: PASSWORD };
    const { userId } = await registerCustomer(api, system.mailUrl, account);
    customers.push({ userId, token: sign({ userId, email: account.email, role: 'customer' }) });
  }
  // The system's calls are given, because the driver would import them dynamically, which Jest's modules do not allow.
  const client = await new mongoose.mongo.MongoClient(system.mongodbUri, { runtimeAdapters: { os } }).connect();
  return {
    api,
    plenty: await openSeller(ground, plentyTenant, { prefix: 'PLE', count: 3, stock: PLENTY }),
    scarce: await openSeller(ground, scarceTenant, { prefix: 'SCA', count: 1, stock: SCARCE }),
    customers,
    reading: {
      database: (service) => client.db(`${service}db`),
      api,
      token: sign({ userId: superAdmin.userId, email: superAdmin.email, role: 'super_admin' }),
      sandbox: { url: system.sandboxUrl, key: system.secrets['sandbox-api-key'] ?? '' },
      companyIds: [plentyTenant.companyId, scarceTenant.companyId],
    },
    close: () => client.close(),
  };
}

async function openSeller(
  { api }: Ground,
  tenant: Tenant,
  goods: { prefix: string; count: number; stock: number },
): Promise<Seller> {
  const products = await stockCatalogue(api, tenant, goods);
  const variants = products.flatMap(({ productId, variants: own }) => own.map((variant) => ({ ...variant, productId })));
  return { tenant, variants, stock: goods.stock };
}

/** Signs as auth does, with its key: a load that signs in again and again would be a load on bcrypt. */
function signer(pem: string): (who: Pick<Claims, 'userId' | 'email' | 'role'>) => string {
  const privateKey = createPrivateKey(pem);
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  // The thumbprint of RFC 7638: these members in this sequence, without spaces.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return (who) =>
    signToken({ ...who, shopIds: [], sid: randomUUID() }, { kid, privateKey }, { ttlSeconds: TOKEN_SECONDS, now: new Date() });
}

/** The 28 parts that a fault may take: each service, each sidecar, the broker and the database. */
export const KILLABLE: readonly string[] = [...SERVICES, ...SERVICES.map((name) => `${name}-sidecar`), 'rabbitmq', 'mongodb'];
