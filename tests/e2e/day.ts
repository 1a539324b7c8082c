import { readFileSync } from 'node:fs';
import type { Socket } from 'socket.io-client';
import type { DemoProduct } from '../../scripts/demo/catalogue.ts';
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import type { SignedIn } from '../../scripts/demo/people.ts';
import { registerCustomer } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { System } from '../../scripts/system/index.ts';
import type { Databases } from './facts.ts';
import { openDatabases } from './facts.ts';
import { gatewayMovements } from './money.ts';
import type { LiveMessage, Place, Platform } from './platform.ts';
import { openSocket, reachPlatform, startPlatform } from './platform.ts';
import type { Order } from './shopper.ts';
import { Shopper } from './shopper.ts';

export const PASSWORD = 'Journey-Bazaar-2026';
export const NAME = 'Ada Byron';
/** Tells days apart that a platform elsewhere sees one after another. */
const RUN = process.env.SOUK_RUN ?? '';
export const EMAIL = `ada${RUN}@example.com`;
export const TIMEZONE = 'America/New_York';
/** Pieces of each sku in each warehouse. */
export const STOCK = 10;

interface Listener {
  socket: Socket;
  told: LiveMessage[];
}

/** A platform with two companies that sell and a customer who buys, all of whom listen. */
export interface Day<Of extends Place = System> {
  platform: Platform<Of>;
  /** Two shops, two warehouses, dollars. */
  tenant: Tenant;
  /** One shop that holds goods for seconds only, euros. */
  hasty: Tenant;
  products: DemoProduct[];
  hastyProducts: DemoProduct[];
  buyer: SignedIn;
  ada: Shopper;
  /** What the customer is told. */
  live: Listener;
  /** What the first company is told. */
  staffLive: Listener;
  databases: Databases;
  /** The orders whose first card was declined. */
  declined: Order[];
  /** What was there before: of the payment gateway's movements, and of dead letters. */
  before: { moved: number; deadLetters: string[] };
  close(): Promise<void>;
}

const plan = { password: PASSWORD, currency: 'USD', timezone: TIMEZONE, country: 'US', taxRate: 800, shipping: 500 };

/** The day of a platform of its own. */
export async function openDay(...start: Parameters<typeof startPlatform>): Promise<Day> {
  return populateOrStop(await startPlatform(...start));
}

/** The day of the platform that the file SOUK_PLATFORM describes, which runs elsewhere; of one of its own where there is no such. */
export async function openDayAnywhere(): Promise<Day<Place>> {
  const file = process.env.SOUK_PLATFORM;
  if (file === undefined) return openDay();
  const place: Place = JSON.parse(readFileSync(file, 'utf8'));
  return populateOrStop(await reachPlatform(place));
}

async function populateOrStop<Of extends Place>(platform: Platform<Of>): Promise<Day<Of>> {
  try {
    return await populate(platform);
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

async function populate<Of extends Place>(platform: Platform<Of>): Promise<Day<Of>> {
  const { api, system } = platform;
  const before = { moved: (await gatewayMovements(platform)).length, deadLetters: await deadLettersOf(platform) };
  const [tenant, hasty] = await openTenants(platform);
  const products = await stockCatalogue(api, tenant, { prefix: 'OAK', count: 4, stock: STOCK });
  const hastyProducts = await stockCatalogue(api, hasty, { prefix: 'HAS', count: 1, stock: STOCK });
  const buyer = await registerCustomer(api, system.mailUrl, { name: NAME, email: EMAIL, password: PASSWORD });
  const live = await openSocket(system.gatewayUrl, buyer.token);
  const staffLive = await openSocket(system.gatewayUrl, tenant.admin.token);
  const databases = await openDatabases(platform);
  return {
    ...{ platform, tenant, hasty, products, hastyProducts, buyer, live, staffLive, databases, declined: [], before },
    ada: new Shopper(platform, buyer),
    close: async () => {
      live.socket.close();
      staffLive.socket.close();
      await databases.close();
      await platform.stop();
    },
  };
}

async function openTenants({ api, system, superAdmin }: Platform<Place>): Promise<[Tenant, Tenant]> {
  const at = { mailUrl: system.mailUrl, superToken: superAdmin.token };
  const oak = { slug: `oak${RUN}`, name: 'Oak', shops: ['Albany', 'Boston'], warehouses: ['Troy', 'Utica'] };
  const haste = { slug: `haste${RUN}`, name: 'Haste', shops: ['Rome'], warehouses: ['Rome'], reservationSeconds: 5 };
  return [await openTenant(api, at, { ...plan, ...oak }), await openTenant(api, at, { ...plan, ...haste, currency: 'EUR' })];
}

/** The ids of what was set aside, in the whole platform. */
export const deadLettersOf = async ({ api, superAdmin }: Platform<Place>): Promise<string[]> =>
  (await api.ask('GET', '/audit/dead-letters?limit=100', { token: superAdmin.token })).data.map(({ id }) => id);

/** All that the customer ordered, or what of it is a company's. Throws when the list is not what was ordered. */
export async function ordersOf({ platform, buyer, ada }: Day<Place>, of?: Tenant): Promise<Order[]> {
  const orders: Order[] = (await platform.api.ask('GET', '/orders?limit=100', { token: buyer.token })).data;
  expect(orders.map(({ id }) => id).sort()).toEqual([...ada.placed].sort());
  return orders.filter(({ shopId }) => of === undefined || of.shopIds.includes(shopId));
}
