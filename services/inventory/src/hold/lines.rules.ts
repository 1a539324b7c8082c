import type { StockBook } from '../stock/book.rules.ts';
import type { Hold, HoldLine, ReserveRequest, Shortage } from '../stock/model.rules.ts';
import { availableTo } from './set-aside.rules.ts';

/** True while stock items count pieces as promised to this order. */
export const isHolding = (hold: Hold): boolean => hold.state === 'reserved' || hold.state === 'allocated';

/** Pieces of a line that are still to leave. */
export const outstanding = (line: HoldLine): number => line.quantity - line.shipped;

/** The stock items that hold pieces for an order now. */
export function openItems(hold: Hold): string[] {
  if (!isHolding(hold)) return [];
  return [...new Set(hold.lines.flatMap((line) => (line.stockId !== undefined && outstanding(line) > 0 ? [line.stockId] : [])))];
}

/** What is still held, by warehouse, as events say it. */
export function heldLines(hold: Hold): { sku: string; quantity: number; warehouseId: string }[] {
  return hold.lines.flatMap((line) =>
    line.warehouseId !== undefined && outstanding(line) > 0
      ? [{ sku: line.sku, quantity: outstanding(line), warehouseId: line.warehouseId }]
      : [],
  );
}

export interface LinePlan {
  lines: HoldLine[];
  /** Every sku of which there is too little; when there is one, nothing may be held. */
  short: Shortage[];
}

type Wanted = ReserveRequest['lines'][number];

/**
 * Spreads an order's lines over its warehouses in their sequence, without changing anything. Untracked lines need no stock; of
 * back-orderable ones what is missing is promised without stock.
 */
export function planLines(book: StockBook, request: ReserveRequest): LinePlan {
  const lines: HoldLine[] = [];
  const missing = new Set<string>();
  const taken = new Map<string, number>();
  for (const wanted of request.lines) {
    const { lineId, sku } = wanted;
    const found = wanted.tracked ? takeFromWarehouses(book, request, { wanted, taken }) : [];
    lines.push(...found);
    const rest = wanted.quantity - found.reduce((sum, line) => sum + line.quantity, 0);
    if (rest === 0) continue;
    if (wanted.tracked && !wanted.backorder) missing.add(sku);
    else lines.push({ lineId, sku, quantity: rest, shipped: 0, backordered: wanted.tracked });
  }
  return { lines, short: [...missing].map((sku) => shortageOf(book, request, sku)) };
}

function takeFromWarehouses(
  book: StockBook,
  request: ReserveRequest,
  plan: { wanted: Wanted; taken: Map<string, number> },
): HoldLine[] {
  const { wanted, taken } = plan;
  const lines: HoldLine[] = [];
  let rest = wanted.quantity;
  for (const warehouseId of new Set(request.warehouseIds)) {
    const item = book.itemAt(request.companyId, warehouseId, wanted.sku);
    if (!item || rest === 0) continue;
    const before = taken.get(item._id) ?? 0;
    const quantity = Math.min(rest, availableTo(book, request, item) - before);
    if (quantity <= 0) continue;
    taken.set(item._id, before + quantity);
    rest -= quantity;
    lines.push({
      lineId: wanted.lineId,
      sku: wanted.sku,
      stockId: item._id,
      warehouseId,
      quantity,
      shipped: 0,
      backordered: false,
    });
  }
  return lines;
}

function shortageOf(book: StockBook, request: ReserveRequest, sku: string): Shortage {
  const requested = request.lines
    .filter((line) => line.sku === sku && line.tracked)
    .reduce((sum, line) => sum + line.quantity, 0);
  const items = [...new Set(request.warehouseIds)].map((warehouseId) => book.itemAt(request.companyId, warehouseId, sku));
  return { sku, requested, available: items.reduce((sum, item) => sum + (item ? availableTo(book, request, item) : 0), 0) };
}
