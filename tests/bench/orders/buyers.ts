import { randomUUID } from 'node:crypto';
import type { Quote } from '@souk/contracts';
import { quote } from '@souk/contracts';
import type { Socket } from 'socket.io-client';
import type { Api } from '../../../scripts/demo/api.ts';
import { stockCatalogue } from '../../../scripts/demo/catalogue.ts';
import { registerCustomer } from '../../../scripts/demo/people.ts';
import { openTenant } from '../../../scripts/demo/tenant.ts';
import type { Platform } from '../../e2e/platform.ts';
import { openSocket } from '../../e2e/platform.ts';
import { ADDRESS } from '../../e2e/shopper.ts';

const PASSWORD = 'Bench-Bazaar-2026';
const PLENTY = 1_000_000;

/** A signed-in customer who hears of their orders. */
export interface Buyer {
  userId: string;
  token: string;
  socket: Socket;
  /** Resolves when the order is confirmed; rejects when it is not within `withinMs`. */
  hear(orderId: string, withinMs: number): Promise<void>;
}

export interface Market {
  /** Priced baskets of the shop; each order is made from one under an id of its own. */
  baskets: Quote[];
  /** How many baskets were taken so far: they go round, so that every run buys the same. */
  taken: number;
  buyers: Buyer[];
}

/** One company that has plenty of everything, customers, and baskets of two products each. */
export async function openMarket(platform: Platform, size: { buyers: number; products: number }): Promise<Market> {
  const { api, system, superAdmin } = platform;
  const tenant = await openTenant(
    api,
    { mailUrl: system.mailUrl, superToken: superAdmin.token },
    {
      ...{ slug: 'bench', name: 'Bench', password: PASSWORD, currency: 'USD', timezone: 'America/New_York', country: 'US' },
      ...{ taxRate: 800, shipping: 500, shops: ['Albany'], warehouses: ['Troy'] },
    },
  );
  const products = await stockCatalogue(api, tenant, { prefix: 'BEN', count: size.products, stock: PLENTY });
  const buyers: Buyer[] = [];
  for (let index = 0; index < size.buyers; index += 1) buyers.push(await newBuyer(platform, index));
  const { country, state } = ADDRESS;
  const baskets: Quote[] = [];
  for (const [index, product] of products.entries()) {
    const pair = [product, products[(index + 1) % products.length]];
    const lines = pair.map((one) => ({ productId: one?.productId, variantId: one?.variants[0]?.variantId, quantity: 1 }));
    baskets.push(await priced(api, buyers[0], { shopId: tenant.shopIds[0], lines, address: { country, state } }));
  }
  return { baskets, taken: 0, buyers };
}

async function priced(api: Api, buyer: Buyer | undefined, body: object): Promise<Quote> {
  const { quote: given } = await api.insist('POST', '/quotes', { token: buyer?.token, body });
  return quote.parse(given);
}

async function newBuyer({ api, system }: Platform, index: number): Promise<Buyer> {
  const account = { name: `Buyer ${index}`, email: `buyer-${index}@example.com`, password: PASSWORD };
  const { userId, token } = await registerCustomer(api, system.mailUrl, account);
  const { socket } = await openSocket(system.url('gateway'), token);
  const confirmed = new Set<string>();
  const waiting = new Map<string, () => void>();
  socket.on('order:status_updated', ({ data: { orderId, status } }: { data: { orderId: string; status: string } }) => {
    if (status !== 'confirmed') return;
    confirmed.add(orderId);
    waiting.get(orderId)?.();
  });
  const hear = (orderId: string, withinMs: number) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`order ${orderId} is not confirmed after ${withinMs} ms`)), withinMs);
      waiting.set(orderId, () => {
        clearTimeout(timer);
        waiting.delete(orderId);
        resolve();
      });
      if (confirmed.has(orderId)) waiting.get(orderId)?.();
    });
  return { userId, token, socket, hear };
}

/** The basket as a quote of its own, for one buyer. */
export function quoteFor(basket: Quote, customerId: string): Quote {
  const lines = basket.lines.map((line) => ({ ...line, lineId: randomUUID() }));
  return { ...basket, lines, customerId, quoteId: randomUUID(), validUntil: new Date(Date.now() + 600_000).toISOString() };
}
