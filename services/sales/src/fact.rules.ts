import type { EventContract } from '@souk/contracts';
import { orderConfirmed, orderCreated, orderItemChanged } from '@souk/contracts';
import type { Order } from './order.model.ts';

/** A fact to be published with the order's new state. */
export interface Fact {
  contract: EventContract;
  data: unknown;
}

export const fact = <Data>(contract: EventContract<Data>, data: Data): Fact => ({ contract: contract as EventContract, data });

/** Whose order it is. */
export const refOf = ({ _id, orderNumber, companyId, shopId, customerId }: Order) => ({
  orderId: _id,
  orderNumber,
  companyId,
  shopId,
  ...(customerId !== undefined && { customerId }),
});

/** Everything that reserving, redeeming and paying the order's present revision need. */
function placed(order: Order) {
  const { revision, source, paymentMethod, currency, lines, pricing, coupons, warehouseIds, checkoutId, quoteId } = order;
  return {
    ...refOf(order),
    ...(checkoutId !== undefined && { checkoutId }),
    ...(quoteId !== undefined && { quoteId }),
    ...{ revision, source, paymentMethod, currency, lines, pricing, coupons, warehouseIds },
    holdUntil: order.holdUntil.toISOString(),
    placedAt: order.placedAt.toISOString(),
  };
}

export const createdFact = (order: Order): Fact => fact(orderCreated, placed(order));

/** Of an order that is a new revision by now. */
export const itemChangedFact = (order: Order, previousRevision: number): Fact =>
  fact(orderItemChanged, { ...placed(order), previousRevision });

export function confirmedFact(order: Order, now: Date): Fact {
  const { revision, currency, pricing, paymentMethod, lines, source, placedAt } = order;
  const data = { revision, currency, total: pricing.total, paymentMethod, lines, pricing, source };
  return fact(orderConfirmed, { ...refOf(order), ...data, placedAt: placedAt.toISOString(), confirmedAt: now.toISOString() });
}
