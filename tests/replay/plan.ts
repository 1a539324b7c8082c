import { londonInstant } from './london.ts';
import type { RetailLine } from './retail-file.ts';
import type { Rule, RuledLine } from './rules.ts';
import { applyRules, isService, RULES } from './rules.ts';

export interface PlannedProduct {
  sku: string;
  name: string;
  /** Pence: the price it is asked most often for, of two as frequent the earlier one. */
  price: number;
  tracked: boolean;
}

export interface PlannedLine {
  sku: string;
  name: string;
  quantity: number;
  unitPrice: number;
  tracked: boolean;
}

export interface PlannedOrder {
  externalId: string;
  /** In London. */
  day: string;
  placedAt: string;
  customer: string | undefined;
  lines: PlannedLine[];
  total: number;
  units: number;
}

export interface PlannedAdjustment {
  sku: string;
  invoiceNo: string;
  /** Pieces; negative ones leave. */
  delta: number;
}

export interface ReplayPlan {
  invoices: number;
  lines: number;
  products: PlannedProduct[];
  orders: PlannedOrder[];
  adjustments: PlannedAdjustment[];
  /** Lines by the rule that took them. */
  counts: Record<Rule, number>;
}

/** What a file is played as; of its first `invoices` when that is given. */
export function planReplay(lines: readonly RetailLine[], invoices = Number.POSITIVE_INFINITY): ReplayPlan {
  const wanted = new Set([...new Set(lines.map(({ invoiceNo }) => invoiceNo))].slice(0, invoices));
  const ruled = applyRules(lines.filter(({ invoiceNo }) => wanted.has(invoiceNo)));
  const counts = countRules(ruled);
  const products = planProducts(ruled);
  const names = new Map(products.map(({ sku, name }) => [sku, name]));
  const bought = ruled.filter(({ rule }) => rule === 'sold' || rule === 'gift' || rule === 'service');
  const adjusted = ruled.filter(({ rule }) => rule === 'write_off' || rule === 'found');
  return {
    invoices: wanted.size,
    lines: ruled.length,
    products,
    orders: [...groupBy(bought, ({ invoiceNo }) => invoiceNo).values()].map((invoice) => planOrder(invoice, names)),
    adjustments: adjusted.map(({ code, invoiceNo, quantity }) => ({ sku: code, invoiceNo, delta: quantity })),
    counts,
  };
}

export function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group) group.push(item);
    else groups.set(nameOf(item), [item]);
  }
  return groups;
}

function countRules(ruled: readonly RuledLine[]): Record<Rule, number> {
  const counts = Object.fromEntries(Object.keys(RULES).map((rule) => [rule, 0])) as Record<Rule, number>;
  for (const { rule } of ruled) counts[rule] += 1;
  return counts;
}

function planProducts(ruled: readonly RuledLine[]): PlannedProduct[] {
  return [...groupBy(ruled, ({ code }) => code)].map(([sku, lines]) => ({
    sku,
    name: mostFrequent(lines.flatMap(({ description }) => (description === '' ? [] : [description]))) ?? sku,
    price: mostFrequent(lines.flatMap(({ unitPrice }) => (unitPrice === 0 ? [] : [unitPrice]))) ?? 0,
    tracked: !isService(sku),
  }));
}

/** Of several as frequent, the one that came first. */
function mostFrequent<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

/** An invoice that was written over several minutes was placed when its first line was. */
function planOrder(invoice: readonly RuledLine[], names: ReadonlyMap<string, string>): PlannedOrder {
  const [{ invoiceNo = '', soldAt = '', customer } = {}] = invoice;
  const lines = invoice.map(({ code, description, quantity, unitPrice }) => ({
    sku: code,
    name: description === '' ? (names.get(code) ?? code) : description,
    quantity,
    unitPrice,
    tracked: !isService(code),
  }));
  return {
    externalId: invoiceNo,
    day: soldAt.slice(0, 10),
    placedAt: londonInstant(soldAt),
    customer,
    lines,
    total: lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0),
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
  };
}
