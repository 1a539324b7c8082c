import { inventoryAdjusted } from '@souk/contracts';
import type { StockBook } from './book.rules.ts';
import { levelOf, productKey } from './book.rules.ts';
import type { AdjustRequest, CreateRequest, DescribeRequest, Movement, ReceiveRequest, StockItem } from './model.rules.ts';

/** Why a request about goods is refused. A refused one has changed nothing. */
export type Refusal = 'not_found' | 'stale' | 'stock_exists' | 'unknown_warehouse' | 'not_enough_on_hand';
export type GoodsDecision = { items: StockItem[] } | { refused: Refusal };

/** Takes pieces that left off what is on hand. More than the books knew of were there after all: that is booked first. */
export function takeOff(book: StockBook, item: StockItem, { quantity, orderId }: { quantity: number; orderId: string }): void {
  const cause = { type: 'order' as const, id: orderId };
  const unbooked = quantity - item.onHand;
  if (unbooked > 0) {
    const reason = 'shipped_unbooked';
    tellAdjusted(book, item, book.move(item, unbooked, { kind: 'adjusted', cause, told: 'adjusted', reason }));
  }
  book.move(item, -quantity, { kind: 'shipped', cause, told: 'shipped' });
}

/** Puts goods on the shelf, in items that are made where there are none. */
export function receive(book: StockBook, request: ReceiveRequest): GoodsDecision {
  const { companyId, cause, movement: kind } = request;
  const isPlaced = (line: { warehouseId: string; sku: string }) =>
    book.itemAt(companyId, line.warehouseId, line.sku) !== undefined || isPlace(book, companyId, line.warehouseId);
  if (!request.lines.every(isPlaced)) return { refused: 'unknown_warehouse' };
  const items = request.lines.map(({ warehouseId, sku, quantity, cost }) => {
    const item = book.itemAt(companyId, warehouseId, sku) ?? makeItem(book, { companyId, warehouseId, sku });
    book.move(item, quantity, { kind, cause, told: kind, ...(cost && { cost }) });
    if (cost) item.cost = cost;
    return item;
  });
  return { items };
}

function isPlace({ contents }: StockBook, companyId: string, warehouseId: string): boolean {
  return contents.places?.get(warehouseId)?.companyId === companyId;
}

/** Makes a stock item, with the goods that are there already. */
export function createItem(book: StockBook, request: CreateRequest): GoodsDecision {
  const { companyId, warehouseId, sku, opening, cost } = request;
  if (!isPlace(book, companyId, warehouseId)) return { refused: 'unknown_warehouse' };
  if (book.itemAt(companyId, warehouseId, sku)) return { refused: 'stock_exists' };
  const item = makeItem(book, request);
  const cause = { type: 'opening' as const, id: item._id };
  if (opening > 0) book.move(item, opening, { kind: 'received', cause, told: 'created', ...(cost && { cost }) });
  return { items: [item] };
}

type NewItem = Pick<CreateRequest, 'companyId' | 'warehouseId' | 'sku'> & Partial<CreateRequest>;

function makeItem(book: StockBook, request: NewItem): StockItem {
  const { companyId, warehouseId, sku, bin, cost } = request;
  const { places, products, thresholds } = book.contents;
  const known = products?.get(productKey(companyId, sku));
  const place = places?.get(warehouseId);
  const productId = request.productId ?? known?.productId;
  const variantId = request.variantId ?? known?.variantId;
  const threshold = request.threshold ?? thresholds?.get(companyId) ?? 0;
  const item: StockItem = {
    _id: book.contents.newId(),
    companyId,
    sku,
    warehouseId,
    shopIds: place?.shopIds ?? [],
    ...(place?.setAside && { setAside: place.setAside }),
    ...(productId !== undefined && { productId }),
    ...(variantId !== undefined && { variantId }),
    onHand: 0,
    reserved: 0,
    available: 0,
    level: levelOf(0, threshold),
    threshold,
    ...(bin !== undefined && { bin }),
    ...(cost && { cost }),
    version: 1,
    createdAt: book.now,
    updatedAt: book.now,
  };
  book.addItem(item, request.opening === undefined ? 'received' : 'created');
  return item;
}

/** Corrects what is on hand. Below what is promised is allowed, because a fire is a fact; below zero is not. */
export function adjust(book: StockBook, request: AdjustRequest): GoodsDecision {
  const item = book.items.get(request.stockId);
  if (!item) return { refused: 'not_found' };
  if (request.version !== undefined && request.version !== item.version) return { refused: 'stale' };
  const { change, reason, note } = request;
  const delta = 'delta' in change ? change.delta : change.counted - item.onHand;
  if (item.onHand + delta < 0) return { refused: 'not_enough_on_hand' };
  if (delta === 0) return { items: [item] };
  const told = 'delta' in change ? ('adjusted' as const) : ('counted' as const);
  const cause = { type: 'adjustment' as const, id: book.contents.newId() };
  const movement = book.move(item, delta, { kind: 'adjusted', cause, told, reason, ...(note !== undefined && { note }) });
  tellAdjusted(book, item, movement);
  return { items: [item] };
}

function tellAdjusted(book: StockBook, item: StockItem, movement: Movement): void {
  const { companyId, sku, warehouseId, delta, before, after, reason = 'count' } = movement;
  const data = { stockId: item._id, companyId, sku, warehouseId, delta, before, after, reason, movementId: movement._id };
  book.tell(inventoryAdjusted, { subject: item._id, version: item.version, companyId, data });
}

/** Sets what is known of an item beside its figures. */
export function describe(book: StockBook, request: DescribeRequest): GoodsDecision {
  const item = book.items.get(request.stockId);
  if (!item) return { refused: 'not_found' };
  if (request.version !== undefined && request.version !== item.version) return { refused: 'stale' };
  book.touch(item, 'threshold_changed');
  item.threshold = request.threshold;
  if (request.bin !== undefined) item.bin = request.bin;
  return { items: [item] };
}
