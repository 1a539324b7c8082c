import type { EventData } from '@souk/contracts';
import {
  inventoryBackInStock,
  inventoryHoldBroken,
  inventoryLowStock,
  inventoryOutOfStock,
  inventoryUpdated,
} from '@souk/contracts';
import { isHolding, openItems, outstanding } from '../hold/lines.rules.ts';
import type { StockBook, Touch } from './book.rules.ts';
import { availableOf, levelOf } from './book.rules.ts';
import type { Hold, StockItem } from './model.rules.ts';

/** Items of which more is promised than there is: their newest holds must be broken before the batch is written. */
export function overpromised(book: StockBook): StockItem[] {
  return [...book.touched.keys()].flatMap((id) => book.items.get(id) ?? []).filter((item) => item.reserved > item.onHand);
}

/** Takes pieces from the newest holds on `item` until no more is promised than there is. `holders` are all that hold some of it. */
export function breakHolds(book: StockBook, item: StockItem, holders: readonly Hold[]): void {
  const touch = book.touched.get(item._id);
  if (touch) book.resume(touch.by);
  const newestFirst = [...holders].sort((a, b) => b.heldAt.getTime() - a.heldAt.getTime() || (a._id < b._id ? 1 : -1));
  for (const hold of newestFirst) {
    if (item.reserved <= item.onHand) return;
    if (isHolding(hold)) breakHold(book, item, hold);
  }
}

function breakHold(book: StockBook, item: StockItem, hold: Hold): void {
  let lost = 0;
  for (const line of [...hold.lines].reverse()) {
    if (line.stockId !== item._id) continue;
    const pieces = Math.min(outstanding(line), item.reserved - item.onHand);
    line.quantity -= pieces;
    item.reserved -= pieces;
    lost += pieces;
  }
  if (lost === 0) return;
  book.touchHold(hold);
  const { companyId, shopId, revision } = hold;
  const data = { orderId: hold._id, revision, companyId, shopId, sku: item.sku, warehouseId: item.warehouseId, quantity: lost };
  book.tell(inventoryHoldBroken, { subject: hold._id, version: hold.version, companyId, data });
}

/** Ends the batch: what follows from the figures, and one `inventory.updated` for each item that changed. Gives those items. */
export function closeBook(book: StockBook): StockItem[] {
  for (const id of book.touchedHolds.keys()) closeHold(book, id);
  const changed: StockItem[] = [];
  for (const [id, touch] of book.touched) {
    const item = book.items.get(id);
    if (!item) continue;
    if (!isChanged(item, touch)) {
      item.version = touch.before?.version ?? item.version;
      continue;
    }
    item.available = availableOf(item);
    item.level = levelOf(item.available, item.threshold);
    item.updatedAt = book.now;
    tellItem(book, item, touch);
    changed.push(item);
  }
  return changed;
}

function closeHold(book: StockBook, id: string): void {
  const hold = book.holds.get(id);
  if (!hold) return;
  hold.open = openItems(hold);
  hold.updatedAt = book.now;
}

/** What was taken and given back in one batch leaves nothing to write. */
function isChanged(item: StockItem, { before, isMoved }: Touch): boolean {
  if (before === null || isMoved) return true;
  return before.reserved !== item.reserved || before.threshold !== item.threshold || before.bin !== item.bin;
}

function tellItem(book: StockBook, item: StockItem, touch: Touch): void {
  const { companyId, shopIds, sku, productId, warehouseId, onHand, reserved, available, threshold } = item;
  const data: EventData<typeof inventoryUpdated> = {
    stockId: item._id,
    companyId,
    shopIds,
    sku,
    ...(productId !== undefined && { productId }),
    warehouseId,
    onHand,
    reserved,
    available,
    cause: touch.cause,
  };
  const about = { subject: item._id, version: item.version, companyId };
  book.resume(touch.by);
  book.tell(inventoryUpdated, { ...about, data });
  const crossing = crossingOf(touch.before, item);
  if (crossing) book.tell(crossing, { ...about, data: { ...data, threshold } });
}

/** The mark that what is available went over, if it did. A new item has come from nowhere and crosses none. */
function crossingOf(before: StockItem | null, { available, threshold }: StockItem) {
  if (before === null) return undefined;
  if (before.available > 0 && available === 0) return inventoryOutOfStock;
  if (before.available === 0 && available > 0) return inventoryBackInStock;
  const isNewlyLow = before.available > before.threshold && available <= threshold && available > 0;
  return isNewlyLow ? inventoryLowStock : undefined;
}
