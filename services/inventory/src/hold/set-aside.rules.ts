import type { StockBook } from '../stock/book.rules.ts';
import { availableOf } from '../stock/book.rules.ts';
import type { ReserveRequest, SetAside, StockItem } from '../stock/model.rules.ts';

const WHOLE_BASIS_POINTS = 10_000;

/** What a shop's orders may still hold of an item: what is available without what is kept for other shops. */
export function availableTo(book: StockBook, { shopId, isHistory }: ReserveRequest, item: StockItem): number {
  // What an imported order took has left, whatever is set aside today.
  if (isHistory) return availableOf(item);
  const others = (item.setAside ?? []).filter((part) => part.shopId !== shopId);
  const kept = others.reduce((sum, part) => sum + stillKept(book, item, part), 0);
  return Math.max(0, availableOf(item) - kept);
}

/** Whole pieces of a shop's part, without those that its orders hold already. */
function stillKept(book: StockBook, item: StockItem, { shopId, basisPoints }: SetAside): number {
  const part = Math.floor((item.onHand * basisPoints) / WHOLE_BASIS_POINTS);
  return Math.max(0, part - book.heldBy(item, shopId));
}
