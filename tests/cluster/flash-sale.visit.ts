import { readFileSync } from 'node:fs';
import type { Socket } from 'socket.io-client';
import { findCluster } from '../../scripts/cluster/link.ts';
import type { DemoProduct } from '../../scripts/demo/catalogue.ts';
import { stockCatalogue } from '../../scripts/demo/catalogue.ts';
import type { SignedIn } from '../../scripts/demo/people.ts';
import { registerCustomer } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import type { LiveMessage, Place, Platform } from '../e2e/platform.ts';
import { openSocket, reachPlatform, until } from '../e2e/platform.ts';
import { breaks } from '../e2e/rooms.ts';
import { ADDRESS, GOOD_CARD, stockOf, sum } from '../e2e/shopper.ts';
import { socketsPerPod } from './sockets.ts';

const WANTED = 200;
const PIECES = 20;
const BUYERS = 20;
const SOCKETS = 9;
const PASSWORD = 'Flash-Bazaar-2026';
const REST_MS = 90_000;

let platform: Platform<Place>;
let tenant: Tenant;
let product: DemoProduct | undefined;
let buyers: SignedIn[];
let listeners: { socket: Socket; told: LiveMessage[] }[];

beforeAll(async () => {
  const place: Place = JSON.parse(readFileSync(process.env.SOUK_PLATFORM ?? '', 'utf8'));
  platform = await reachPlatform(place);
  const { api, system, superAdmin } = platform;
  const plan = { currency: 'USD', timezone: 'America/New_York', country: 'US', taxRate: 800, shipping: 500 };
  const flash = { slug: 'flash', name: 'Flash', shops: ['Albany'], warehouses: ['Troy'], password: PASSWORD };
  tenant = await openTenant(api, { mailUrl: system.mailUrl, superToken: superAdmin.token }, { ...plan, ...flash });
  [product] = await stockCatalogue(api, tenant, { prefix: 'FLA', count: 1, stock: PIECES });
  const accounts = Array.from({ length: BUYERS }, (_, index) => ({
    ...{ name: `Buyer ${index}`, email: `flash${index}@example.com`, password: PASSWORD },
  }));
  buyers = await Promise.all(accounts.map((account) => registerCustomer(api, system.mailUrl, account)));
  listeners = await Promise.all(Array.from({ length: SOCKETS }, () => openSocket(system.gatewayUrl, tenant.admin.token)));
}, 240_000);

afterAll(async () => {
  for (const { socket } of listeners ?? []) socket.close();
  await platform?.stop();
});

/** Orders one piece from a signed quote; the order's id. */
async function orderOne({ token }: SignedIn): Promise<string> {
  const [variant] = product?.variants ?? [];
  const lines = [{ productId: product?.productId, variantId: variant?.variantId, quantity: 1 }];
  const body = { shopId: tenant.shopIds[0], lines, address: { country: 'US', state: 'NY' } };
  const quote = await platform.api.insist('POST', '/quotes', { token, body });
  const order = { quote: quote.signed, paymentMethod: 'sandbox', shippingAddress: ADDRESS };
  return (await platform.api.insist('POST', '/orders', { token, body: order })).id;
}

const stock = () => stockOf(platform, tenant, product?.variants[0]?.sku ?? '');
const roomOf = (messages: readonly LiveMessage[]) => messages.filter(({ room }) => room === `company:${tenant.companyId}`);

test('every replica has sockets', async () => {
  const cluster = findCluster();
  if (!cluster) throw new Error('there is no cluster');
  const counts = await socketsPerPod(cluster);
  expect(counts).toHaveLength(3);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

test('of 200 orders for 20 pieces 20 are paid, 180 are cancelled, and no piece is promised twice', async () => {
  const { api } = platform;
  const wishes = Array.from({ length: WANTED }, (_, index) => buyers[index % BUYERS] as SignedIn);
  const orders = await Promise.all(wishes.map(async (buyer) => ({ buyer, id: await orderOne(buyer) })));
  expect(new Set(orders.map(({ id }) => id)).size).toBe(WANTED);
  await until(stock, (rows) => sum(rows, 'reserved') === PIECES, REST_MS);
  const read = async () =>
    Promise.all(
      orders.map(async ({ buyer, id }) => ({ buyer, order: await api.ask('GET', `/orders/${id}`, { token: buyer.token }) })),
    );
  const isEnded = ({ order }: { order: { status: string } }) => order.status === 'cancelled';
  const settled = await until(read, (all) => all.filter(isEnded).length >= WANTED - PIECES, REST_MS);
  const cancelled = settled.filter(isEnded);
  expect(cancelled.map(({ order }) => order.cancelReason)).toEqual(Array(WANTED - PIECES).fill('out_of_stock'));
  const held = settled.filter((each) => !isEnded(each));
  for (const { buyer, order } of held) {
    const { paymentId } = await api.insist('POST', '/payments/intent', { token: buyer.token, body: { orderId: order.id } });
    const paid = await api.request('POST', '/payments/process', { token: buyer.token, body: { paymentId, card: GOOD_CARD } });
    expect(paid.status).toBeLessThan(300);
  }
  await until(read, (all) => all.filter(({ order }) => order.status === 'confirmed').length === PIECES, REST_MS);
  const rows = await stock();
  expect(rows).toEqual([expect.objectContaining({ onHand: PIECES, reserved: PIECES, available: 0 })]);
}, 300_000);

test('sockets of all replicas are told the same, in one sequence without a gap or repeat', async () => {
  const lengths = () => Promise.resolve(listeners.map(({ told }) => roomOf(told).length));
  // The last that is said: 200 orders made, 180 cancelled, 20 confirmed, with a payment each.
  await until(lengths, (all) => Math.min(...all) === Math.max(...all) && Math.min(...all) >= 2 * WANTED, REST_MS);
  const [first, ...others] = listeners.map(({ told }) => roomOf(told));
  for (const other of others) expect(other).toEqual(first);
  const offsets = first?.map(({ offset }) => offset) ?? [];
  expect(breaks(offsets, (before, after) => after === before + 1)).toEqual([]);
}, 120_000);
