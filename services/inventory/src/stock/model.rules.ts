import type { Money, ReservationRequest } from '@souk/contracts';

/** `out`: nothing available. `low`: at the threshold or below. */
export type StockLevel = 'out' | 'low' | 'ok';

/** Which part of what is on hand is kept for a shop, in basis points. */
export interface SetAside {
  shopId: string;
  basisPoints: number;
}

/** What one warehouse has of one sku. `available` and `level` follow from the rest and are kept for lists. */
export interface StockItem {
  _id: string;
  companyId: string;
  sku: string;
  warehouseId: string;
  /** The shops its warehouse serves. */
  shopIds: string[];
  /** As the shops of its warehouse say; absent where none keeps anything. */
  setAside?: SetAside[];
  productId?: string;
  variantId?: string;
  onHand: number;
  reserved: number;
  available: number;
  level: StockLevel;
  threshold: number;
  bin?: string;
  /** What a piece cost when it was last received. */
  cost?: Money;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const MOVEMENT_KINDS = ['received', 'adjusted', 'shipped', 'restocked'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

export interface Cause {
  type: 'opening' | 'receipt' | 'adjustment' | 'order' | 'return';
  id: string;
}

/** One change of what is on hand. Never changed or deleted: `onHand` is the sum of all `delta`. */
export interface Movement {
  _id: string;
  stockId: string;
  companyId: string;
  sku: string;
  warehouseId: string;
  kind: MovementKind;
  delta: number;
  before: number;
  after: number;
  cause: Cause;
  reason?: string;
  note?: string;
  /** Of one piece. */
  cost?: Money;
  actorId?: string;
  at: Date;
}

/**
 * `awaited` and `cancelled_early` are stubs: something of the order was told before its lines were. `reserved` has an end,
 * `allocated` has none.
 */
export const HOLD_STATES = ['awaited', 'cancelled_early', 'reserved', 'failed', 'allocated', 'released', 'shipped'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

/** Pieces of an order's line in one warehouse; without `stockId` they are untracked, or back-ordered. */
export interface HoldLine {
  lineId: string;
  sku: string;
  stockId?: string;
  warehouseId?: string;
  /** Promised, those that left included; less after the hold was broken. */
  quantity: number;
  shipped: number;
  backordered: boolean;
}

export interface ParcelLine {
  lineId: string;
  sku: string;
  quantity: number;
}

/** Goods of an order that left in one shipment. */
export interface Parcel {
  shipmentId: string;
  lines: ParcelLine[];
}

export interface Shortage {
  sku: string;
  requested: number;
  available: number;
}

/** What is promised to one order; its id is the order's. */
export interface Hold {
  _id: string;
  companyId: string;
  shopId: string;
  /** Of the order, as last decided; 0 while its lines are not known. */
  revision: number;
  state: HoldState;
  warehouseIds: string[];
  lines: HoldLine[];
  reservationId?: string;
  until?: Date;
  heldAt: Date;
  short?: Shortage[];
  /** The revision that was confirmed before it was held. */
  confirmed?: number;
  /** Shipments that were taken off the books. */
  shipments: string[];
  /** Parcels that left before the lines were known. */
  early?: Parcel[];
  /** An imported order: its goods left in the past, whatever its shipments say. */
  isHistory: boolean;
  /** Stock items that still hold pieces for it. */
  open: string[];
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

interface OfOrder {
  orderId: string;
  companyId: string;
  shopId: string;
}

export interface ReserveRequest extends ReservationRequest {
  kind: 'reserve';
  isHistory: boolean;
}
export interface AllocateRequest extends OfOrder {
  kind: 'allocate';
  revision: number;
}
export interface ReleaseRequest extends OfOrder {
  kind: 'release';
  reason: 'cancelled' | 'expired';
}
export interface ShipRequest extends OfOrder, Parcel {
  kind: 'ship';
}
export interface ExtendRequest extends OfOrder {
  kind: 'extend';
  until: string;
}
export type HoldRequest = ReserveRequest | AllocateRequest | ReleaseRequest | ShipRequest | ExtendRequest;

export interface GoodsLine {
  sku: string;
  warehouseId: string;
  quantity: number;
  /** Of one piece. */
  cost?: Money;
}
/** Goods come in: from a supplier or back from a buyer. Missing stock items are made. */
export interface ReceiveRequest {
  kind: 'receive';
  companyId: string;
  movement: 'received' | 'restocked';
  cause: Cause;
  lines: GoodsLine[];
}
export interface CreateRequest {
  kind: 'create';
  companyId: string;
  sku: string;
  warehouseId: string;
  productId?: string;
  variantId?: string;
  threshold?: number;
  bin?: string;
  opening: number;
  cost?: Money;
}
/** `change` is pieces more or less, or what was counted. `version` is the one the client saw. */
export interface AdjustRequest {
  kind: 'adjust';
  stockId: string;
  change: { delta: number } | { counted: number };
  reason: string;
  note?: string;
  version?: number;
}
export interface DescribeRequest {
  kind: 'describe';
  stockId: string;
  threshold: number;
  bin?: string;
  version?: number;
}
export type GoodsRequest = ReceiveRequest | CreateRequest | AdjustRequest | DescribeRequest;

/** Who asks, and when. */
export interface Asked {
  at: Date;
  actorId?: string;
}

/** Everything that may change a figure of stock goes through one batch as one of these. */
export type StockRequest = (HoldRequest | GoodsRequest) & Asked;
