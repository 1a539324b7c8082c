import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../scripts/demo/api.ts';
import { inParallel } from './parallel.ts';
import type { ReplayPlan } from './plan.ts';
import type { Played } from './play.ts';
import type { DaySum, StockSum } from './sums.ts';
import { stockBySku } from './sums.ts';

const AT_ONCE = 12;
const POLL_MS = 500;
/** Without anything new for so long, nothing more comes. */
const PATIENCE_MS = 60_000;
/** A page of orders with all of their lines stays below what a sidecar lets through. */
const ORDERS_A_PAGE = 50;

async function* readAll(api: Api, { token }: Played, path: string) {
  let cursor: string | null | undefined;
  do {
    const page = await api.insist('GET', `${path}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, {
      token: await token(),
    });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor);
}

/** Waits until analytics knows all orders and the shelves are as the file leaves them, or until both stand still. */
export async function settle(api: Api, played: Played, plan: ReplayPlan): Promise<void> {
  const closing = [...stockBySku(plan).values()].reduce((sum, each) => sum + each.closing, 0);
  let seen = '';
  let since = Date.now();
  for (;;) {
    const days = [...(await readSales(api, played, plan)).values()];
    const missing = plan.orders.length - days.reduce((sum, day) => sum + day.orders, 0);
    const onHand = missing === 0 ? await piecesOnHand(api, played) : undefined;
    if (onHand === closing) return;
    const now = `${missing} orders missing, ${onHand} pieces on hand`;
    if (now !== seen) since = Date.now();
    // The comparison that follows says what is missing.
    if (Date.now() - since > PATIENCE_MS) return;
    seen = now;
    await sleep(POLL_MS);
  }
}

const piecesOnHand = async (api: Api, played: Played): Promise<number> =>
  [...(await readStock(api, played)).values()].reduce((sum, { onHand }) => sum + onHand, 0);

/** Sales by day in London, of days with orders. */
export async function readSales(api: Api, { token, tenant }: Played, plan: ReplayPlan): Promise<Map<string, DaySum>> {
  const query = `${daysOf(plan)}&interval=day&timezone=Europe/London&currency=GBP&shopId=${tenant.shopIds[0]}`;
  const { points } = await api.insist('GET', `/analytics/sales?${query}`, { token: await token() });
  const days: [string, DaySum][] = points.map(({ local, orders, units, gross }) => [
    local.slice(0, 10),
    { orders, units, gross },
  ]);
  return new Map(days.filter(([, { orders, units, gross }]) => orders + units + gross > 0));
}

function daysOf({ orders }: ReplayPlan): string {
  const days = orders.map(({ day }) => day).sort();
  return `from=${days[0]}&to=${days.at(-1)}`;
}

/** What sold best for money, by sku. */
export async function readSoldProducts(api: Api, { token, products }: Played, plan: ReplayPlan) {
  const skus = new Map([...products].map(([sku, { productId }]) => [productId, sku]));
  const query = `${daysOf(plan)}&timezone=Europe/London&currency=GBP&sort=revenue&limit=100`;
  const { data } = await api.insist('GET', `/analytics/products?${query}`, { token: await token() });
  const sold = data.map(({ productId, units, revenue }): [string, { units: number; revenue: number }] => [
    skus.get(productId) ?? productId,
    { units, revenue },
  ]);
  return new Map<string, { units: number; revenue: number }>(sold);
}

export async function readOrders(api: Api, played: Played): Promise<Map<string, unknown>> {
  const orders = new Map<string, unknown>();
  for await (const order of readAll(api, played, `/orders?limit=${ORDERS_A_PAGE}`)) {
    const { externalId, pricing, placedAt, customerId, status, lines } = order;
    orders.set(externalId, {
      ...{ total: pricing.total, placedAt, customerId, status },
      lines: lines.map(({ sku, name, quantity, unitPrice }) => [sku, name, quantity, unitPrice]),
    });
  }
  return orders;
}

export interface Shelf {
  onHand: number;
  reserved: number;
  available: number;
}

export async function readStock(api: Api, played: Played): Promise<Map<string, Shelf>> {
  const stock = new Map<string, Shelf>();
  for await (const { sku, onHand, reserved, available } of readAll(api, played, '/inventory?limit=100'))
    stock.set(sku, { onHand, reserved, available });
  return stock;
}

interface Movement {
  kind: string;
  delta: number;
  reason?: string;
}

/** The ledger of each sku, added up; an entry that the file does not explain is named by its kind and reason. */
export async function readMovements(api: Api, played: Played): Promise<Map<string, StockSum>> {
  const items = [...played.stock];
  const sums = await inParallel(items, AT_ONCE, async ([, id]): Promise<StockSum> => {
    const sum: StockSum & Record<string, number> = { received: 0, shipped: 0, writtenOff: 0, found: 0, closing: 0 };
    for await (const movement of readAll(api, played, `/inventory/${id}/movements?limit=100`)) book(sum, movement);
    return sum;
  });
  return new Map(items.map(([sku], index) => [sku, sums[index] as StockSum]));
}

function book(sum: StockSum & Record<string, number>, { kind, delta, reason }: Movement): void {
  const known = { received: 'received', shipped: 'shipped', 'adjusted loss': 'writtenOff', 'adjusted found': 'found' };
  const name = reason === undefined ? kind : `${kind} ${reason}`;
  const figure = (known as Record<string, string>)[name] ?? name;
  sum[figure] = (sum[figure] ?? 0) + (figure === 'shipped' || figure === 'writtenOff' ? -delta : delta);
  sum.closing += delta;
}
