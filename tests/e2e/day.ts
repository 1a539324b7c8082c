import type { Socket } from 'socket.io-client';
import type { DemoProduct } from '../../scripts/demo/catalogue.ts';
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import type { SignedIn } from '../../scripts/demo/people.ts';
import { registerCustomer } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { Databases } from './facts.ts';
import { openDatabases } from './facts.ts';
import type { LiveMessage, Platform } from './platform.ts';
import { openSocket, startPlatform } from './platform.ts';
import type { Order } from './shopper.ts';
import { Shopper } from './shopper.ts';

export const PASSWORD = 'Journey-Bazaar-2026';
export const NAME = 'Ada Byron';
export const EMAIL = 'ada@example.com';
export const TIMEZONE = 'America/New_York';
/** Pieces of each sku in each warehouse. */
export const STOCK = 10;

interface Listener {
  socket: Socket;
  told: LiveMessage[];
}

/** A platform with two companies that sell and a customer who buys, all of whom listen. */
export interface Day {
  platform: Platform;
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
  close(): Promise<void>;
}

const plan = { password: PASSWORD, currency: 'USD', timezone: TIMEZONE, country: 'US', taxRate: 800, shipping: 500 };

export async function openDay(): Promise<Day> {
  const platform = await startPlatform();
  try {
    return await populate(platform);
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

async function populate(platform: Platform): Promise<Day> {
  const { api, system } = platform;
  const [tenant, hasty] = await openTenants(platform);
  const products = await stockCatalogue(api, tenant, { prefix: 'OAK', count: 4, stock: STOCK });
  const hastyProducts = await stockCatalogue(api, hasty, { prefix: 'HAS', count: 1, stock: STOCK });
  const buyer = await registerCustomer(api, system.mailUrl, { name: NAME, email: EMAIL, password: PASSWORD });
  const live = await openSocket(system.url('gateway'), buyer.token);
  const staffLive = await openSocket(system.url('gateway'), tenant.admin.token);
  const databases = await openDatabases(platform);
  return {
    ...{ platform, tenant, hasty, products, hastyProducts, buyer, live, staffLive, databases, declined: [] },
    ada: new Shopper(platform, buyer),
    close: async () => {
      live.socket.close();
      staffLive.socket.close();
      await databases.close();
      await platform.stop();
    },
  };
}

async function openTenants({ api, system, superAdmin }: Platform): Promise<[Tenant, Tenant]> {
  const at = { mailUrl: system.mailUrl, superToken: superAdmin.token };
  const oak = { slug: 'oak', name: 'Oak', shops: ['Albany', 'Boston'], warehouses: ['Troy', 'Utica'] };
  const haste = { slug: 'haste', name: 'Haste', shops: ['Rome'], warehouses: ['Rome'], reservationSeconds: 5 };
  return [await openTenant(api, at, { ...plan, ...oak }), await openTenant(api, at, { ...plan, ...haste, currency: 'EUR' })];
}

/** All that the customer ordered, or what of it is a company's. Throws when the list is not what was ordered. */
export async function ordersOf({ platform, buyer, ada }: Day, of?: Tenant): Promise<Order[]> {
  const orders: Order[] = (await platform.api.ask('GET', '/orders?limit=100', { token: buyer.token })).data;
  expect(orders.map(({ id }) => id).sort()).toEqual([...ada.placed].sort());
  return orders.filter(({ shopId }) => of === undefined || of.shopIds.includes(shopId));
}
