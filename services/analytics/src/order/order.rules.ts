import type { EventData, orderCancelled, orderConfirmed, paymentRefunded } from '@souk/contracts';

/**
 * What counts. Gross is the total of each confirmed order, at the moment it was placed. Refunds are what the buyers of such orders got
 * back, at the moment they did; the cancellation of a confirmed order is the refund of all that was not given back before, whether
 * money had been captured or not. So net = gross - refunds, and once all is paid and settled it is what was captured less what was
 * refunded. An order that was never confirmed counts for nothing, nor does its money: it was captured too late, and went back.
 * The order alone decides, so each fact is told to what is known of its order, and what changes by that is counted.
 */
export type OrderFact =
  | { kind: 'confirmed'; orderId: string; sale: Sale }
  | { kind: 'cancelled'; orderId: string; at: Date }
  | { kind: 'refunded'; orderId: string; refund: Refund };

export interface Sale {
  companyId: string;
  shopId: string;
  currency: string;
  placedAt: Date;
  units: number;
  gross: number;
  discount: number;
  tax: number;
  shipping: number;
  products: ProductLine[];
}

export interface ProductLine {
  productId: string;
  units: number;
  revenue: number;
}

export interface Refund {
  refundId: string;
  amount: number;
  at: Date;
}

/** All that is known of an order, in whatever sequence it was told. */
export interface OrderState {
  sale?: Sale | undefined;
  cancelledAt?: Date | undefined;
  refunds: readonly Refund[];
}

export const NOTHING_KNOWN: OrderState = { refunds: [] };

export function confirmedFact(data: EventData<typeof orderConfirmed>): OrderFact {
  const { orderId, companyId, shopId, currency, lines, pricing, total } = data;
  const { discount, tax, shipping } = pricing;
  const units = lines.reduce((sum, line) => sum + line.quantity, 0);
  const sale = { companyId, shopId, currency, placedAt: new Date(data.placedAt), units, gross: total, discount, tax, shipping };
  return { kind: 'confirmed', orderId, sale: { ...sale, products: productsOf(lines) } };
}

function productsOf(lines: EventData<typeof orderConfirmed>['lines']): ProductLine[] {
  const products = new Map<string, ProductLine>();
  for (const { productId, quantity, total } of lines) {
    const known = products.get(productId) ?? { productId, units: 0, revenue: 0 };
    products.set(productId, { productId, units: known.units + quantity, revenue: known.revenue + total });
  }
  return [...products.values()];
}

/** Undefined for an order that was never confirmed: there is nothing to take back. */
export function cancelledFact(data: EventData<typeof orderCancelled>): OrderFact | undefined {
  return data.confirmed ? { kind: 'cancelled', orderId: data.orderId, at: new Date(data.at) } : undefined;
}

/** Undefined for money that the cancellation counts already, or that was never counted: captured too late, or of a debt. */
export function refundedFact(data: EventData<typeof paymentRefunded>, at: Date): OrderFact | undefined {
  const { orderId, refundId, refundAmount, reason } = data;
  if (orderId === undefined || reason === 'order_cancelled' || reason === 'captured_late') return undefined;
  return { kind: 'refunded', orderId, refund: { refundId, amount: refundAmount, at } };
}

/** What is known after `fact`. Telling a fact again changes nothing; the same state comes back then. */
export function learn(state: OrderState, fact: OrderFact): OrderState {
  switch (fact.kind) {
    case 'confirmed':
      return state.sale ? state : { ...state, sale: fact.sale };
    case 'cancelled':
      return state.cancelledAt ? state : { ...state, cancelledAt: fact.at };
    case 'refunded':
      return state.refunds.some(({ refundId }) => refundId === fact.refund.refundId)
        ? state
        : { ...state, refunds: [...state.refunds, fact.refund] };
  }
}
