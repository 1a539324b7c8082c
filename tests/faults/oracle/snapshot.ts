import type { OrderPhase, OrderStatus } from '@souk/contracts';

export type HoldState = 'awaited' | 'cancelled_early' | 'reserved' | 'failed' | 'allocated' | 'released' | 'shipped';

/** An order that a client of the load was told of with a 2xx answer. */
export interface Acknowledged {
  orderId: string;
  kind: string;
}

export interface OrderDoc {
  _id: string;
  companyId: string;
  shopId: string;
  quoteId?: string;
  status: OrderStatus;
  phase: OrderPhase;
  paymentStatus: string;
  paymentMethod: string;
  cancelReason?: string;
  confirmedAt?: Date;
  currency: string;
  pricing: { total: number };
  lines: { productId: string; sku: string; quantity: number; tracked: boolean; backorder: boolean }[];
}

export interface HoldDoc {
  _id: string;
  companyId: string;
  state: HoldState;
  lines: { sku: string; stockId?: string; quantity: number; shipped: number; backordered: boolean }[];
}

export interface StockDoc {
  _id: string;
  companyId: string;
  sku: string;
  warehouseId: string;
  onHand: number;
  reserved: number;
  available: number;
}

export interface MovementDoc {
  _id: string;
  stockId: string;
  companyId: string;
  sku: string;
  delta: number;
  before: number;
  after: number;
  cause: { type: string; id: string };
}

export interface PaymentDoc {
  _id: string;
  orderId: string;
  companyId: string;
  gateway?: string;
  currency: string;
  status: string;
  capturedAmount: number;
  refundedAmount: number;
  refunds: { status: string }[];
}

export interface LedgerDoc {
  _id: string;
  companyId: string;
  currency: string;
  paymentId: string;
  cause: string;
  lines: { account: string; amount: number }[];
}

/** Money as the gateway's own book has it; `reference` is our payment. */
export interface GatewayMovement {
  id: string;
  type: 'capture' | 'refund';
  reference: string;
  amount: number;
  currency: string;
  createdAt: string;
}

export interface LoggedFact {
  _id: string;
  type: string;
  subject: string;
  companyId?: string;
  position?: number;
  unsent?: boolean;
  time: Date;
}

export interface SeenMark {
  _id: string;
  producer: string;
  setAside?: boolean;
}

export interface EntryDoc {
  _id: string;
  chain: string;
  companyId?: string;
  seq: number;
  prevHash: string;
  hash: string;
  type: string;
  source: string;
}

export interface Place {
  _id: string;
  seq: number;
  hash: string;
}

export interface Sales {
  companyId: string;
  orders: number;
  gross: number;
  refunds: number;
}

/** Everything the oracle judges, as the public APIs and the databases have it at one moment. By service where a record says so. */
export interface Snapshot {
  acknowledged: Acknowledged[];
  /** What the API shows of orders. */
  shown: { id: string; status: string; paymentStatus: string }[];
  orders: OrderDoc[];
  holds: HoldDoc[];
  stock: StockDoc[];
  movements: MovementDoc[];
  payments: PaymentDoc[];
  ledger: LedgerDoc[];
  gateway: GatewayMovement[];
  logs: Record<string, LoggedFact[]>;
  seen: Record<string, SeenMark[]>;
  /** Since when each consumer listens to each of its types; what it has no entry for it does not listen to yet. */
  since: Record<string, Record<string, Date>>;
  /** The types each service subscribes to. */
  subscribed: Record<string, string[]>;
  deadLetters: { _id: string; reason: string }[];
  entries: EntryDoc[];
  heads: Place[];
  /** What the audit service says of its own chains. */
  verdicts: { chain: string; valid: boolean }[];
  notifications: { _id: string; eventId: string; userId: string; channel: string; companyId?: string; orderId?: string }[];
  messages: { _id: string; room: string; offset: number; causeId: string }[];
  shops: { _id: string; companyId: string }[];
  products: { _id: string; companyId: string }[];
  /** What the analytics API says was sold. */
  sales: Sales[];
}

/** Something that must not be: which rule, of what, and how it is. */
export interface Fault {
  rule: string;
  about: string;
  says: string;
}

/** One rule of the platform over all of a snapshot; gives every breach of it. */
export type Check = (snapshot: Snapshot) => Fault[];

export const fault = (rule: string, about: string, says: string): Fault => ({ rule, about, says });

/** The items by a name; several may share one. */
export function groupBy<Item>(items: readonly Item[], name: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group) group.push(item);
    else groups.set(name(item), [item]);
  }
  return groups;
}

export const sumOf = <Item>(items: readonly Item[], amount: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

/** The names that more than one item has. */
export function repeated<Item>(items: readonly Item[], name: (item: Item) => string): string[] {
  return [...groupBy(items, name)].filter(([, group]) => group.length > 1).map(([shared]) => shared);
}
