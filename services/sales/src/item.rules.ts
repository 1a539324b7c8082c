import type { OrderLine, Quote } from '@souk/contracts';
import { currencyChanged, editRefused, itemUnknown, lastItem, orderChanged } from './errors.ts';
import { itemChangedFact } from './fact.rules.ts';
import type { Answers, Order } from './order.model.ts';
import type { Cause, Decision } from './order.rules.ts';
import { settle, step } from './order.rules.ts';
import { isEditable } from './saga.rules.ts';

/** How many pieces a line is to have; 0 takes it out of the order. */
export interface ItemEdit {
  itemId: string;
  quantity: number;
}

/** What the catalogue said of the edited lines of `revision`, and how long the new ones are to be held. */
export interface Repricing {
  revision: number;
  quote: Pick<Quote, 'lines' | 'pricing' | 'coupons' | 'currency' | 'shippingMethod' | 'shippingKind'>;
  holdUntil: Date;
}

/** What forbids an edit; undefined when nothing does. */
export function faultOf(order: Order, { itemId, quantity }: ItemEdit, now: Date) {
  if (!order.lines.some(({ lineId }) => lineId === itemId)) return itemUnknown;
  if (!isEditable(order, now)) return editRefused;
  return quantity === 0 && order.lines.length === 1 ? lastItem : undefined;
}

/** Whether a line has as many pieces already. */
export const isNothingNew = ({ lines }: Order, { itemId, quantity }: ItemEdit): boolean =>
  lines.some((line) => line.lineId === itemId && line.quantity === quantity);

/** The lines that an edit is to leave, at the prices of before. */
export const editedLines = ({ lines }: Order, { itemId, quantity }: ItemEdit): OrderLine[] =>
  lines.map((line) => (line.lineId === itemId ? { ...line, quantity } : line)).filter((line) => line.quantity > 0);

/**
 * Changes a line, which makes the next revision: priced anew, without answers, so that everybody is asked again. Throws what forbids
 * the edit, and `sales.order_changed` when another edit came in between the pricing and now.
 */
export function editItem(
  order: Order,
  edit: ItemEdit,
  { repricing, cause }: { repricing: Repricing | undefined; cause: Cause },
): Decision {
  const fault = faultOf(order, edit, cause.now);
  if (fault) throw fault();
  if (isNothingNew(order, edit)) return { order, facts: [] };
  if (repricing?.revision !== order.revision) throw orderChanged();
  const { lines, pricing, coupons, currency, shippingMethod, shippingKind } = repricing.quote;
  if (currency !== order.currency) throw currencyChanged();
  const { shippingMethod: _method, shippingKind: _kind, ...rest } = order;
  const next: Order = {
    ...rest,
    ...{ revision: order.revision + 1, lines, pricing, coupons },
    ...(shippingMethod !== undefined && { shippingMethod }),
    ...(shippingKind !== undefined && { shippingKind }),
    answers: firstAnswers(coupons),
    paymentStatus: 'pending',
    holdUntil: new Date(Math.max(order.holdUntil.getTime(), repricing.holdUntil.getTime())),
    asks: 0,
    timeline: step(order, 'item_changed', cause),
  };
  const settled = settle(next, cause);
  return { order: settled.order, facts: [itemChangedFact(next, order.revision), ...settled.facts] };
}

/** What is known of a revision before anybody is asked: where there are no promotions, none can be refused. */
export const firstAnswers = (coupons: Order['coupons']): Answers => (coupons.length === 0 ? { promotions: 'redeemed' } : {});
