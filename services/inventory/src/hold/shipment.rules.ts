import { inventoryShipped } from '@souk/contracts';
import type { StockBook } from '../stock/book.rules.ts';
import { availableOf } from '../stock/book.rules.ts';
import { takeOff } from '../stock/goods.rules.ts';
import type { Hold, Parcel, ParcelLine, StockItem } from '../stock/model.rules.ts';
import { isHolding, outstanding } from './lines.rules.ts';

interface Leaving {
  item: StockItem;
  quantity: number;
}

/** A parcel left: each shipment is taken off the books once; of an order whose lines are not known yet it is kept for later. */
export function ship(book: StockBook, hold: Hold, parcel: Parcel): void {
  const isKnown =
    hold.shipments.includes(parcel.shipmentId) || hold.early?.some(({ shipmentId }) => shipmentId === parcel.shipmentId);
  if (isKnown || hold.isHistory) return;
  book.touchHold(hold);
  if (hold.state !== 'awaited' && hold.state !== 'cancelled_early') shipParcel(book, hold, parcel);
  else hold.early = [...(hold.early ?? []), { shipmentId: parcel.shipmentId, lines: parcel.lines }];
}

/** Takes a parcel's goods off what is on hand: those held for the order first. */
export function shipParcel(book: StockBook, hold: Hold, { shipmentId, lines }: Parcel): void {
  const left = lines.flatMap((line) => shipLine(book, hold, line));
  hold.shipments = [...hold.shipments, shipmentId];
  if (isHolding(hold) && hold.lines.every((line) => outstanding(line) === 0)) hold.state = 'shipped';
  const { companyId, shopId } = hold;
  const shipped = left.map(({ item, quantity }) => ({ sku: item.sku, quantity, warehouseId: item.warehouseId }));
  const data = { orderId: hold._id, companyId, shopId, shipmentId, lines: shipped };
  book.tell(inventoryShipped, { subject: hold._id, version: hold.version, companyId, data });
}

function shipLine(book: StockBook, hold: Hold, { lineId, sku, quantity }: ParcelLine): Leaving[] {
  const left: Leaving[] = [];
  let rest = quantity;
  let unheld = 0;
  for (const line of hold.lines.filter((each) => each.lineId === lineId)) {
    const pieces = Math.min(rest, outstanding(line));
    rest -= pieces;
    line.shipped += pieces;
    const item = line.stockId === undefined ? undefined : book.items.get(line.stockId);
    if (item && pieces > 0) left.push(shipHeld(book, hold, { item, quantity: pieces }));
    else if (line.backordered) unheld += pieces;
  }
  return [...left, ...shipUnheld(book, hold, { sku, quantity: rest + unheld })];
}

function shipHeld(book: StockBook, hold: Hold, leaving: Leaving): Leaving {
  if (isHolding(hold)) book.promise(leaving.item, -leaving.quantity, { shopId: hold.shopId, cause: 'shipped' });
  takeOff(book, leaving.item, { quantity: leaving.quantity, orderId: hold._id });
  return leaving;
}

/**
 * Goods left that nothing was held of: back-ordered, broken, or of an order that was let go. They are taken where some are free, then
 * where they are promised to others, then from the first warehouse, whose books knew of fewer than there were.
 */
function shipUnheld(book: StockBook, hold: Hold, { sku, quantity }: { sku: string; quantity: number }): Leaving[] {
  const items = [...new Set(hold.warehouseIds)].flatMap((warehouseId) => book.itemAt(hold.companyId, warehouseId, sku) ?? []);
  const left: Leaving[] = [];
  let rest = quantity;
  const takeUpTo = (most: (item: StockItem) => number) => {
    for (const item of items) {
      const pieces = Math.min(rest, most(item));
      if (pieces <= 0) continue;
      takeOff(book, item, { quantity: pieces, orderId: hold._id });
      left.push({ item, quantity: pieces });
      rest -= pieces;
    }
  };
  takeUpTo(availableOf);
  takeUpTo((item) => item.onHand);
  takeUpTo(() => rest);
  return left;
}
