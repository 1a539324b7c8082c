import { createHash, randomUUID } from 'node:crypto';
import type { Api } from '../../scripts/demo/api.ts';
import { signIn } from '../../scripts/demo/people.ts';
import type { Tenant } from '../../scripts/demo/tenant.ts';
import { openTenant } from '../../scripts/demo/tenant.ts';
import { inParallel } from './parallel.ts';
import type { PlannedOrder, ReplayPlan } from './plan.ts';
import { stockBySku } from './sums.ts';

export interface Stage {
  api: Api;
  mailUrl: string;
  superToken: string;
  say(line: string): void;
}

/** What was made of a plan, and how long it took. */
export interface Played {
  tenant: Tenant;
  /** The company's administrator; a token is good for a quarter of an hour, a replay may take longer. */
  token(): Promise<string>;
  /** By sku. */
  products: Map<string, { productId: string; variantId: string }>;
  /** Stock items by sku. */
  stock: Map<string, string>;
  /** The totals that the import answered, by external id. */
  totals: Map<string, number>;
  importSeconds: number;
}

const AT_ONCE = 12;
const RECEIVED_AT_ONCE = 500;
const ORDERS_AT_ONCE = 50;
/** Well below the megabyte that a body may have. */
const BYTES_AT_ONCE = 600_000;
const TOKEN_MS = 10 * 60_000;

/** Plays a plan as a company of its own: products first, then what its shelves hold, orders, and corrections of stock. */
export async function play(stage: Stage, plan: ReplayPlan): Promise<Played> {
  const tenant = await openRetailer(stage);
  const played: Played = {
    tenant,
    token: keepToken(stage.api, tenant),
    products: new Map(),
    stock: new Map(),
    totals: new Map(),
    importSeconds: 0,
  };
  await addProducts(stage, played, plan);
  stage.say(`${plan.products.length} products are in the catalogue`);
  await receiveStock(stage, played, plan);
  stage.say(`${played.stock.size} of them are on the shelf`);
  const started = performance.now();
  await importOrders(stage, played, plan);
  played.importSeconds = (performance.now() - started) / 1000;
  stage.say(`${plan.orders.length} orders were taken in ${played.importSeconds.toFixed(1)} s`);
  await adjustStock(stage, played, plan);
  stage.say(`${plan.adjustments.length} corrections of stock were booked`);
  return played;
}

/** A buyer of the file as the id of a person: the same number is the same person in each replay. */
export function customerIdOf(customer: string): string {
  const hex = createHash('sha256').update(`online-retail:${customer}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function openRetailer({ api, mailUrl, superToken }: Stage): Promise<Tenant> {
  const slug = `retail-${randomUUID().slice(0, 8)}`;
  return openTenant(
    api,
    { mailUrl, superToken },
    {
      ...{ slug, name: `Replayed Retail ${slug}`, password: `Replay-${randomUUID()}` },
      ...{ currency: 'GBP', timezone: 'Europe/London', country: 'GB', taxRate: 0, shipping: 0 },
      ...{ shops: ['London'], warehouses: ['Enfield'] },
    },
  );
}

function keepToken(api: Api, { admin }: Tenant): () => Promise<string> {
  let held = { token: Promise.resolve(admin.token), until: Date.now() + TOKEN_MS };
  return () => {
    if (Date.now() > held.until) held = { token: signIn(api, admin).then(({ token }) => token), until: Date.now() + TOKEN_MS };
    return held.token;
  };
}

async function addProducts({ api }: Stage, { token, tenant, products }: Played, plan: ReplayPlan): Promise<void> {
  await inParallel(plan.products, AT_ONCE, async ({ sku, name, price, tracked }) => {
    const slug = sku.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const variants = [{ sku, price, tracked }];
    const body = { name, slug, status: 'active', shopIds: tenant.shopIds, variants };
    const product = await api.insist('POST', '/products', { token: await token(), body });
    products.set(sku, { productId: product.id, variantId: product.variants[0].variantId });
  });
}

/** A sku that the file only finds has its place on the shelf from the beginning, empty. */
async function receiveStock({ api }: Stage, { token, tenant, stock }: Played, plan: ReplayPlan): Promise<void> {
  const [warehouseId] = tenant.warehouseIds;
  const sums = [...stockBySku(plan)];
  const lines = sums.flatMap(([sku, { received }]) => (received > 0 ? [{ sku, warehouseId, quantity: received }] : []));
  for (let start = 0; start < lines.length; start += RECEIVED_AT_ONCE) {
    const body = { lines: lines.slice(start, start + RECEIVED_AT_ONCE) };
    const { items } = await api.insist('POST', '/inventory/receive', { token: await token(), body });
    for (const { id, sku } of items) stock.set(sku, id);
  }
  const unheld = sums.filter(([, { received }]) => received === 0);
  await inParallel(unheld, AT_ONCE, async ([sku]) => {
    const body = { sku, warehouseId };
    stock.set(sku, (await api.insist('POST', '/inventory', { token: await token(), body })).id);
  });
}

async function importOrders({ api }: Stage, played: Played, plan: ReplayPlan): Promise<void> {
  for (const orders of batchesOf(plan.orders.map((order) => importedOrder(played, order)))) {
    const answer = await api.insist('POST', '/orders/import', { token: await played.token(), body: { orders } });
    for (const { externalId, total } of answer.orders) played.totals.set(externalId, total);
  }
}

function importedOrder({ tenant, products }: Played, { externalId, placedAt, customer, lines }: PlannedOrder) {
  return {
    ...{ externalId, placedAt, shopId: tenant.shopIds[0], currency: 'GBP' },
    ...(customer !== undefined && { customerId: customerIdOf(customer) }),
    lines: lines.map((line) => ({ ...products.get(line.sku), ...line })),
  };
}

/** As many together as a call may take, in their sequence. */
function batchesOf<Order>(orders: readonly Order[]): Order[][] {
  const batches: Order[][] = [];
  let bytes = 0;
  for (const order of orders) {
    const length = JSON.stringify(order).length;
    const last = batches.at(-1);
    const fits = last && last.length < ORDERS_AT_ONCE && bytes + length <= BYTES_AT_ONCE;
    bytes = fits ? bytes + length : length;
    if (fits) last.push(order);
    else batches.push([order]);
  }
  return batches;
}

async function adjustStock({ api }: Stage, { token, stock }: Played, plan: ReplayPlan): Promise<void> {
  await inParallel(plan.adjustments, AT_ONCE, async ({ sku, delta, invoiceNo }) => {
    const body = { delta, reason: delta < 0 ? 'loss' : 'found', note: `invoice ${invoiceNo}` };
    await api.insist('POST', `/inventory/${stock.get(sku)}/adjust`, { token: await token(), body });
  });
}
