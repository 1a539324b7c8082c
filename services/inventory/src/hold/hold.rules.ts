import { inventoryAllocated, inventoryReleased, inventoryReservationFailed, inventoryReserved } from '@souk/contracts';
import type { StockBook } from '../stock/book.rules.ts';
import type { AllocateRequest, ExtendRequest, Hold, ReleaseRequest, ReserveRequest, Shortage } from '../stock/model.rules.ts';
import { heldLines, isHolding, outstanding, planLines } from './lines.rules.ts';
import { shipParcel } from './shipment.rules.ts';

/** The answer to a reservation: the output of the call `askReservation`. */
export type Reservation =
  | { outcome: 'reserved'; reservationId: string; until: string }
  | { outcome: 'failed'; short: Shortage[] }
  | { outcome: 'released' };

type Order = Pick<Hold, 'companyId' | 'shopId'> & { orderId: string };

/** A hold of an order whose lines are not known yet. */
export function awaitHold(book: StockBook, { orderId, companyId, shopId }: Order): Hold {
  const hold: Hold = {
    _id: orderId,
    companyId,
    shopId,
    revision: 0,
    state: 'awaited',
    warehouseIds: [],
    lines: [],
    heldAt: book.now,
    shipments: [],
    isHistory: false,
    open: [],
    version: 1,
    createdAt: book.now,
    updatedAt: book.now,
  };
  book.addHold(hold);
  return hold;
}

/**
 * Holds all lines of an order's revision, or none. The same revision again gets the answer that stands, and a later end; a newer one
 * takes the place of what was held; an older one, or one of an order that is over, gets `released`.
 */
export function reserve(book: StockBook, request: ReserveRequest): Reservation {
  const known = book.holds.get(request.orderId);
  if (known?.state === 'cancelled_early') return endEarly(book, known, request);
  if (known?.state === 'released') return { outcome: 'released' };
  if (known && known.revision > request.revision) return { outcome: 'released' };
  // Lines change while an order is pending only: what is allocated or gone is the last word.
  if (known && (known.revision === request.revision || known.state === 'allocated' || known.state === 'shipped')) {
    extend(book, { ...request, kind: 'extend', until: request.holdUntil });
    return answerOf(known);
  }
  const hold = known ?? awaitHold(book, request);
  book.touchHold(hold);
  giveBack(book, hold, 'superseded');
  holdLines(book, hold, request);
  catchUp(book, hold);
  return answerOf(hold);
}

function answerOf(hold: Hold): Reservation {
  if (hold.state === 'failed') return { outcome: 'failed', short: hold.short ?? [] };
  if (hold.reservationId === undefined || hold.until === undefined) return { outcome: 'released' };
  return { outcome: 'reserved', reservationId: hold.reservationId, until: hold.until.toISOString() };
}

function holdLines(book: StockBook, hold: Hold, request: ReserveRequest): void {
  const plan = planLines(book, request);
  learnOrder(book, hold, request);
  delete hold.short;
  if (plan.short.length > 0) {
    hold.state = 'failed';
    hold.lines = [];
    hold.short = plan.short;
    const { companyId, shopId, revision } = hold;
    const data = { orderId: hold._id, revision, companyId, shopId, short: plan.short };
    book.tell(inventoryReservationFailed, { subject: hold._id, version: hold.version, companyId, data });
    return;
  }
  hold.state = 'reserved';
  hold.lines = plan.lines;
  hold.reservationId = book.contents.newId();
  for (const line of plan.lines) {
    const item = line.stockId === undefined ? undefined : book.items.get(line.stockId);
    if (item) book.promise(item, line.quantity, { shopId: hold.shopId, cause: 'reserved' });
  }
  if (request.isHistory) shipParcel(book, hold, { shipmentId: book.contents.newId(), lines: request.lines });
  else tellReserved(book, hold);
}

function learnOrder(book: StockBook, hold: Hold, request: ReserveRequest): void {
  hold.revision = request.revision;
  hold.shopId = request.shopId;
  hold.warehouseIds = request.warehouseIds;
  hold.until = new Date(request.holdUntil);
  hold.heldAt = book.now;
  hold.isHistory = request.isHistory;
}

function tellReserved(book: StockBook, hold: Hold): void {
  const { companyId, shopId, revision, reservationId, until } = hold;
  if (reservationId === undefined || until === undefined) return;
  const lines = hold.lines
    .filter(({ quantity }) => quantity > 0)
    .map(({ lineId, sku, quantity, warehouseId, backordered }) => ({
      lineId,
      sku,
      quantity,
      ...(warehouseId !== undefined && { warehouseId }),
      backordered,
    }));
  const data = { orderId: hold._id, revision, companyId, shopId, reservationId, until: until.toISOString(), lines };
  book.tell(inventoryReserved, { subject: hold._id, version: hold.version, companyId, data });
}

/** Applies what was told before the lines were: a confirmation, parcels. */
function catchUp(book: StockBook, hold: Hold): void {
  if (hold.state === 'reserved' && (hold.confirmed ?? 0) >= hold.revision) makeAllocation(book, hold);
  const parcels = hold.isHistory ? [] : (hold.early ?? []);
  delete hold.early;
  for (const parcel of parcels) shipParcel(book, hold, parcel);
}

/** The lines of an order that was cancelled before they were known: nothing is held, but what left has left. */
function endEarly(book: StockBook, hold: Hold, request: ReserveRequest): Reservation {
  book.touchHold(hold);
  learnOrder(book, hold, request);
  hold.state = 'released';
  catchUp(book, hold);
  return { outcome: 'released' };
}

/** Takes the end off a confirmed order's hold. A revision that is not held yet is remembered as confirmed. */
export function allocate(book: StockBook, request: AllocateRequest): void {
  const hold = book.holds.get(request.orderId) ?? awaitHold(book, request);
  if (hold.revision < request.revision) {
    book.touchHold(hold);
    hold.confirmed = Math.max(hold.confirmed ?? 0, request.revision);
  } else if (hold.state === 'reserved') {
    book.touchHold(hold);
    makeAllocation(book, hold);
  }
}

function makeAllocation(book: StockBook, hold: Hold): void {
  hold.state = 'allocated';
  const { companyId, shopId } = hold;
  const data = { orderId: hold._id, companyId, shopId, lines: heldLines(hold) };
  book.tell(inventoryAllocated, { subject: hold._id, version: hold.version, companyId, data });
}

/** Gives back what an order holds, for good. */
export function release(book: StockBook, request: ReleaseRequest): void {
  const hold = book.holds.get(request.orderId) ?? awaitHold(book, request);
  if (hold.state === 'released' || hold.state === 'cancelled_early' || hold.state === 'shipped') return;
  book.touchHold(hold);
  giveBack(book, hold, request.reason);
  hold.state = hold.state === 'awaited' ? 'cancelled_early' : 'released';
}

function giveBack(book: StockBook, hold: Hold, reason: 'cancelled' | 'expired' | 'superseded'): void {
  if (!isHolding(hold)) return;
  const { companyId, shopId } = hold;
  const data = { orderId: hold._id, companyId, shopId, lines: heldLines(hold), reason };
  book.tell(inventoryReleased, { subject: hold._id, version: hold.version, companyId, data });
  for (const line of hold.lines) {
    const item = line.stockId === undefined ? undefined : book.items.get(line.stockId);
    if (item && outstanding(line) > 0) book.promise(item, -outstanding(line), { shopId, cause: 'released' });
  }
}

/** Makes a reservation last longer; never shorter. */
export function extend(book: StockBook, request: ExtendRequest): void {
  const hold = book.holds.get(request.orderId);
  const until = new Date(request.until);
  if (hold?.state !== 'reserved' || (hold.until !== undefined && hold.until >= until)) return;
  book.touchHold(hold);
  hold.until = until;
  tellReserved(book, hold);
}
