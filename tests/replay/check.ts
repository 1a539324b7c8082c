import type { Api } from '../../scripts/demo/api.ts';
import type { ReplayPlan } from './plan.ts';
import type { Played } from './play.ts';
import { customerIdOf } from './play.ts';
import { readMovements, readOrders, readSales, readSoldProducts, readStock } from './readings.ts';
import { salesByDay, salesBySku, stockBySku } from './sums.ts';

/** One equality: how many things were compared, and each that is not what the file says. */
export interface Equality {
  name: string;
  compared: number;
  differences: string[];
}

/** Compares what the platform says, once all services have heard of all orders, with the sums of the file. */
export async function check(api: Api, played: Played, plan: ReplayPlan): Promise<Equality[]> {
  return [
    totalsAnswered(played, plan),
    await ordersKept(api, played, plan),
    await revenueByDay(api, played, plan),
    await productsSold(api, played, plan),
    await stockLeft(api, played, plan),
    await movementsBooked(api, played, plan),
  ];
}

/** Things by name, expected and found, as text that a reader can compare. */
function compare(name: string, expected: ReadonlyMap<string, unknown>, found: ReadonlyMap<string, unknown>): Equality {
  const names = new Set([...expected.keys(), ...found.keys()]);
  const differences = [...names].flatMap((each) => {
    const [wanted, seen] = [JSON.stringify(expected.get(each)), JSON.stringify(found.get(each))];
    return wanted === seen ? [] : [`${each}: ${wanted} in the file, ${seen} here`];
  });
  return { name, compared: names.size, differences };
}

function totalsAnswered({ totals }: Played, { orders }: ReplayPlan): Equality {
  return compare(
    'order totals, as the import answered',
    new Map(orders.map(({ externalId, total }) => [externalId, total])),
    totals,
  );
}

async function ordersKept(api: Api, played: Played, { orders }: ReplayPlan): Promise<Equality> {
  const expected = orders.map(({ externalId, total, placedAt, customer, lines }): [string, unknown] => [
    externalId,
    {
      ...{ total, placedAt, customerId: customer && customerIdOf(customer), status: 'completed' },
      lines: lines.map(({ sku, name, quantity, unitPrice }) => [sku, name, quantity, unitPrice]),
    },
  ]);
  return compare('orders with their totals, buyers, times and lines', new Map(expected), await readOrders(api, played));
}

async function revenueByDay(api: Api, played: Played, plan: ReplayPlan): Promise<Equality> {
  const expected = new Map([...salesByDay(plan)].map(([day, { orders, units, gross }]) => [day, { orders, units, gross }]));
  const found = await readSales(api, played, plan);
  return compare('orders, units and revenue by day in analytics', expected, found);
}

/** The report names the best hundred only; each of them must be what the file sold. */
async function productsSold(api: Api, played: Played, plan: ReplayPlan): Promise<Equality> {
  const found = await readSoldProducts(api, played, plan);
  const sold = salesBySku(plan);
  const expected = [...sold].sort(([, left], [, right]) => right.revenue - left.revenue).slice(0, found.size);
  const least = expected.at(-1)?.[1].revenue ?? 0;
  // Of several that sold for as much as the last of them, any may be named.
  const ties = [...found.keys()].flatMap((sku) => (sold.get(sku)?.revenue === least ? [[sku, sold.get(sku)] as const] : []));
  const sure = expected.filter(([, { revenue }]) => revenue > least);
  return compare('what sold best, by units and revenue', new Map([...sure, ...ties]), found);
}

async function stockLeft(api: Api, played: Played, plan: ReplayPlan): Promise<Equality> {
  const expected = [...stockBySku(plan)].map(([sku, { closing }]): [string, unknown] => [
    sku,
    { onHand: closing, reserved: 0, available: closing },
  ]);
  return compare('stock left of each sku', new Map(expected), await readStock(api, played));
}

async function movementsBooked(api: Api, played: Played, plan: ReplayPlan): Promise<Equality> {
  const expected = [...stockBySku(plan)].map(([sku, sum]): [string, unknown] => [sku, sum]);
  return compare('stock movements of each sku', new Map(expected), await readMovements(api, played));
}
