import type {
  Address,
  OrderCoupon,
  OrderLine,
  OrderPhase,
  OrderPricing,
  OrderSource,
  OrderStatus,
  PaymentMethod,
} from '@souk/contracts';

export type PaymentStatus = 'pending' | 'authorised' | 'paid' | 'partially_refunded' | 'refunded' | 'failed';
export type CancelReason =
  | 'out_of_stock'
  | 'promotion_refused'
  | 'payment_timeout'
  | 'payment_declined'
  | 'credit_refused'
  | 'customer'
  | 'staff'
  | 'hold_broken'
  | 'company_deleted';

/** What other services have answered to the order's present revision; absent while they have not. */
export interface Answers {
  stock?: 'held' | 'failed';
  promotions?: 'redeemed' | 'refused';
  payment?: 'authorised' | 'captured' | 'failed';
  credit?: 'held' | 'refused';
}

export interface Shipment {
  shipmentId: string;
  lines: { lineId: string; sku: string; quantity: number }[];
  carrier?: string;
  trackingNumber?: string;
  at: Date;
}

/** One entry of the order's story: what happened, when, and who or what caused it. */
export interface Step {
  step: string;
  at: Date;
  cause: string;
  actorId?: string;
}

export interface Order {
  _id: string;
  orderNumber: string;
  companyId: string;
  shopId: string;
  customerId?: string;
  source: OrderSource;
  checkoutId?: string;
  quoteId?: string;
  /** Company and external id of an imported order: unique. */
  externalKey?: string;
  externalId?: string;
  revision: number;
  currency: string;
  lines: OrderLine[];
  pricing: OrderPricing;
  coupons: OrderCoupon[];
  paymentMethod: PaymentMethod;
  shippingMethod?: string;
  shippingKind?: 'delivery' | 'pickup';
  shippingAddress?: Address;
  warehouseIds: string[];
  status: OrderStatus;
  phase: OrderPhase;
  paymentStatus: PaymentStatus;
  paymentId?: string;
  /** What was given back of what was paid, in minor units. */
  refundedTotal?: number;
  answers: Answers;
  /** Asked for while the money was under way: carried out once its outcome is known. */
  cancelAsked?: CancelReason;
  cancelReason?: CancelReason;
  holdUntil: Date;
  /** When the saga looks at the order again by itself; absent once it has ended. */
  nextDeadlineAt?: Date;
  asks: number;
  shipments: Shipment[];
  timeline: Step[];
  placedAt: Date;
  confirmedAt?: Date;
  /** Of the span in which the order was made: its facts go on with that trace, whoever causes them. */
  traceparent?: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}
