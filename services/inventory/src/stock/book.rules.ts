import type { EventContract, EventData, inventoryUpdated, Money } from '@souk/contracts';
import type { Asked, Cause, Hold, Movement, MovementKind, StockItem, StockLevel } from './model.rules.ts';

export type StockCause = EventData<typeof inventoryUpdated>['cause'];

/** Something to tell the others, as the doing of request number `by`. */
export interface Fact {
  contract: EventContract;
  subject: string;
  version: number;
  companyId: string;
  data: unknown;
  by: number;
}

/** A stock item that was written to: how it stood before, null when it is new, and who did the last thing to it. */
export interface Touch {
  before: StockItem | null;
  cause: StockCause;
  by: number;
  isMoved: boolean;
}

/** What the batch has read, and where its decisions get ids from. */
export interface BookContents {
  newId(): string;
  items: readonly StockItem[];
  holds: readonly Hold[];
  /** Pieces that shops hold of items of which something is set aside, by item and shop. */
  heldBy?: ReadonlyMap<string, number>;
  /** Warehouses that goods may come into. */
  places?: ReadonlyMap<string, Pick<StockItem, 'companyId' | 'shopIds' | 'setAside'>>;
  /** Which product a sku is, by company and sku. */
  products?: ReadonlyMap<string, { productId: string; variantId: string }>;
  /** The threshold of a new item, by company. */
  thresholds?: ReadonlyMap<string, number>;
}

export interface Move {
  kind: MovementKind;
  cause: Cause;
  /** What `inventory.updated` gives as its cause. */
  told: StockCause;
  reason?: string;
  note?: string;
  cost?: Money;
}

export const availableOf = (item: StockItem): number => Math.max(0, item.onHand - item.reserved);
export const placeKey = (companyId: string, warehouseId: string, sku: string): string => `${companyId} ${warehouseId} ${sku}`;
export const holderKey = (stockId: string, shopId: string): string => `${stockId} ${shopId}`;
export const productKey = (companyId: string, sku: string): string => `${companyId} ${sku}`;

export function levelOf(available: number, threshold: number): StockLevel {
  if (available === 0) return 'out';
  return available <= threshold ? 'low' : 'ok';
}

/** Copies of the documents that a batch decides on, and everything that its decisions change. Nothing here reads or writes. */
export class StockBook {
  readonly contents: BookContents;
  readonly items = new Map<string, StockItem>();
  readonly holds = new Map<string, Hold>();
  readonly movements: Movement[] = [];
  readonly facts: Fact[] = [];
  readonly touched = new Map<string, Touch>();
  /** Holds that were written to, with the version they had; 0 when new. */
  readonly touchedHolds = new Map<string, number>();
  readonly #byPlace = new Map<string, StockItem>();
  readonly #heldBy: Map<string, number>;
  #turn: Asked & { by: number } = { by: 0, at: new Date(0) };

  constructor(contents: BookContents) {
    this.contents = contents;
    this.#heldBy = new Map(contents.heldBy);
    for (const item of contents.items) this.#put(item);
    for (const hold of contents.holds) this.holds.set(hold._id, hold);
  }

  /** When the request whose turn it is was made. */
  get now(): Date {
    return this.#turn.at;
  }

  /** What follows is the doing of request number `by`. */
  begin(by: number, asked: Asked): void {
    const { at, actorId } = asked;
    this.#turn = { at, by, ...(actorId !== undefined && { actorId }) };
  }

  /** What follows is still to be told as the doing of request number `by`. */
  resume(by: number): void {
    this.#turn = { ...this.#turn, by };
  }

  itemAt(companyId: string, warehouseId: string, sku: string): StockItem | undefined {
    return this.#byPlace.get(placeKey(companyId, warehouseId, sku));
  }

  /** Adds a new item; it is inserted with what happens to it in this batch. */
  addItem(item: StockItem, cause: StockCause): void {
    this.#put(item);
    this.touched.set(item._id, { before: null, cause, by: this.#turn.by, isMoved: false });
  }

  addHold(hold: Hold): void {
    this.holds.set(hold._id, hold);
    this.touchedHolds.set(hold._id, 0);
  }

  /** To be called before a hold is changed: once a batch, that makes its next version. */
  touchHold(hold: Hold): void {
    if (this.touchedHolds.has(hold._id)) return;
    this.touchedHolds.set(hold._id, hold.version);
    hold.version += 1;
  }

  /** Promises `quantity` pieces more to an order of a shop, or gives back with a negative one. */
  promise(item: StockItem, quantity: number, { shopId, cause }: { shopId: string; cause: StockCause }): void {
    this.touch(item, cause);
    item.reserved += quantity;
    this.#heldBy.set(holderKey(item._id, shopId), this.heldBy(item, shopId) + quantity);
  }

  /** Pieces that a shop's orders hold of an item. Known of items of which something is set aside. */
  heldBy({ _id }: StockItem, shopId: string): number {
    return this.#heldBy.get(holderKey(_id, shopId)) ?? 0;
  }

  /** Changes what is on hand by `delta`, with its movement. */
  move(item: StockItem, delta: number, { told, ...move }: Move): Movement {
    const { actorId } = this.#turn;
    this.touch(item, told).isMoved = true;
    const movement: Movement = {
      _id: this.contents.newId(),
      stockId: item._id,
      companyId: item.companyId,
      sku: item.sku,
      warehouseId: item.warehouseId,
      delta,
      before: item.onHand,
      after: item.onHand + delta,
      at: this.now,
      ...move,
      ...(actorId !== undefined && { actorId }),
    };
    item.onHand += delta;
    this.movements.push(movement);
    return movement;
  }

  /** To be called before an item is changed: keeps how it stood, and makes its next version once a batch. */
  touch(item: StockItem, cause: StockCause): Touch {
    const known = this.touched.get(item._id);
    const touch = known ?? { before: { ...item }, cause, by: 0, isMoved: false };
    if (!known) item.version += 1;
    // A new item was made by whatever made it, also when its first goods came with it.
    if (touch.before !== null) touch.cause = cause;
    touch.by = this.#turn.by;
    this.touched.set(item._id, touch);
    return touch;
  }

  tell<Data>(contract: EventContract<Data>, about: { subject: string; version: number; companyId: string; data: Data }): void {
    this.facts.push({ contract, ...about, by: this.#turn.by });
  }

  #put(item: StockItem): void {
    this.items.set(item._id, item);
    this.#byPlace.set(placeKey(item.companyId, item.warehouseId, item.sku), item);
  }
}
