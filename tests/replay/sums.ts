import type { ReplayPlan } from './plan.ts';
import { groupBy } from './plan.ts';

export interface DaySum {
  orders: number;
  units: number;
  /** Pence. */
  gross: number;
}

/** What a sku's ledger must show. `closing` is what lies on the shelf in the end. */
export interface StockSum {
  received: number;
  shipped: number;
  writtenOff: number;
  found: number;
  closing: number;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** Orders, units and revenue of each day in London. */
export function salesByDay({ orders }: ReplayPlan): Map<string, DaySum> {
  const days = [...groupBy(orders, ({ day }) => day)].map(([day, placed]): [string, DaySum] => [
    day,
    { orders: placed.length, units: sumOf(placed.map(({ units }) => units)), gross: sumOf(placed.map(({ total }) => total)) },
  ]);
  return new Map(days.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What was sold of each sku. */
export function salesBySku({ orders }: ReplayPlan): Map<string, { units: number; revenue: number }> {
  const lines = groupBy(
    orders.flatMap((order) => order.lines),
    ({ sku }) => sku,
  );
  return new Map(
    [...lines].map(([sku, sold]) => [
      sku,
      {
        units: sumOf(sold.map(({ quantity }) => quantity)),
        revenue: sumOf(sold.map(({ quantity, unitPrice }) => quantity * unitPrice)),
      },
    ]),
  );
}

/**
 * Of each sku with stock: it receives, before the first invoice, as many units as the file takes out, so in the end there is exactly
 * what the file put back. A sku that nothing happens to has no entry.
 */
export function stockBySku({ orders, adjustments }: ReplayPlan): Map<string, StockSum> {
  const moves = [
    ...orders.flatMap(({ lines }) =>
      lines.flatMap(({ sku, quantity, tracked }) => (tracked ? [{ sku, shipped: quantity }] : [])),
    ),
    ...adjustments.map(({ sku, delta }) => (delta < 0 ? { sku, writtenOff: -delta } : { sku, found: delta })),
  ];
  const stock = new Map<string, StockSum>();
  for (const { sku, ...move } of moves) {
    const sum = stock.get(sku) ?? { received: 0, shipped: 0, writtenOff: 0, found: 0, closing: 0 };
    const { shipped = 0, writtenOff = 0, found = 0 } = move as Partial<StockSum>;
    stock.set(sku, {
      received: sum.received + shipped + writtenOff,
      shipped: sum.shipped + shipped,
      writtenOff: sum.writtenOff + writtenOff,
      found: sum.found + found,
      closing: sum.closing + found,
    });
  }
  return stock;
}
