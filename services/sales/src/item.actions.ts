import { quoteOrder } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { matchVersion, notFound, system } from '@souk/service-kit';
import type { ItemEdit, Repricing } from './item.rules.ts';
import { editedLines, editItem, faultOf, isNothingNew } from './item.rules.ts';
import { causeOf, changeKnownOrder, takeCredit } from './order.actions.ts';
import type { Order } from './order.model.ts';
import { findOrder } from './order.store.ts';
import { reservationSeconds } from './reference.store.ts';
import { needsCredit } from './saga.rules.ts';

/**
 * Changes or removes a line of a pending order that the caller may see: its next revision, at the prices of now, is held, redeemed and
 * paid anew. Throws 404 for an order or line that is not there, 409 when it is too late or a line cannot be bought any more.
 */
export async function changeItem(ctx: Context, orderId: string, edit: ItemEdit): Promise<Order> {
  const found = await findOrder(ctx, orderId);
  if (!found) throw notFound();
  const cause = causeOf(ctx);
  const repricing = await repriced(ctx, found, edit);
  const order = await changeKnownOrder(ctx, orderId, (current) => {
    matchVersion(ctx, current.version);
    return editItem(current, edit, { repricing, cause });
  });
  const asksForCredit = order.phase === 'open' && needsCredit(order) && order.answers.credit === undefined;
  return asksForCredit ? takeCredit(ctx, order) : order;
}

/**
 * The edited order at the prices of now; undefined when the edit changes nothing or is refused. The refusal is left to the batch, where
 * a repeated request finds the answer that it got at first.
 */
async function repriced(ctx: Context, order: Order, edit: ItemEdit): Promise<Repricing | undefined> {
  if (faultOf(order, edit, ctx.now()) || isNothingNew(order, edit)) return undefined;
  const { _id: orderId, revision, companyId, shopId, customerId, coupons, shippingMethod, shippingKind, shippingAddress } = order;
  const couponCode = coupons.find(({ code }) => code !== undefined)?.code;
  // What is picked up is priced without a place, whatever address its order has.
  const { country, state } = (shippingKind !== 'pickup' && shippingAddress) || {};
  const seconds = await reservationSeconds(ctx.as(system('an order is held as long as its company says')), companyId);
  const { quote } = await ctx.invoke(quoteOrder, {
    body: {
      ...{ orderId, shopId },
      lines: editedLines(order, edit).map(({ lineId, productId, variantId, sku, quantity }) => ({
        lineId,
        productId,
        variantId,
        sku,
        quantity,
      })),
      ...(customerId !== undefined && { customerId }),
      ...(couponCode !== undefined && { couponCode }),
      // What was priced without a way to send it is picked up, whatever address it has.
      ...(shippingMethod !== undefined && { shippingMethod, country, state }),
    },
  });
  return { revision, quote, holdUntil: new Date(ctx.now().getTime() + seconds * 1000) };
}
