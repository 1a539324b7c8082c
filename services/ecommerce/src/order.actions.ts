import type { OrderCoupon, OrderSource } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import { takeOrdered, tellOrdered } from './cart/cart.actions.ts';
import { releasePromotions, takePromotions } from './promotion/redemption.actions.ts';

/** What the catalogue needs of an order. */
export interface PlacedOrder {
  orderId: string;
  revision: number;
  companyId: string;
  shopId: string;
  customerId?: string | undefined;
  source: OrderSource;
  coupons: readonly OrderCoupon[];
  lines: readonly { sku: string; quantity: number }[];
}

/**
 * Takes the promotions of a new order, and its lines out of the cart it came from. The cart goes first: its change knows the order and
 * is safe to repeat, so that the event counts as done only when both are. An import is history and took what it took long ago.
 */
export async function welcomeOrder(order: PlacedOrder, ctx: Context): Promise<void> {
  const { orderId, source, customerId, coupons } = order;
  if (source === 'import') return;
  const buyerId = source === 'checkout' ? customerId : undefined;
  const isFromCart = buyerId !== undefined && (await takeOrdered(buyerId, order, ctx));
  if (coupons.length > 0) await takePromotions(order, ctx);
  if (isFromCart) await tellOrdered(buyerId, orderId, ctx);
}

/** A changed order gives back what it no longer has; asked even without coupons, because the revision before may have had some. */
export async function reviseOrder(order: PlacedOrder, ctx: Context): Promise<void> {
  if (order.source !== 'import') await takePromotions(order, ctx);
}

/** A first revision without coupons never took any, so there is nothing to keep in mind of it. */
export async function dismissOrder(order: Omit<PlacedOrder, 'lines' | 'shopId'>, ctx: Context): Promise<void> {
  if (order.source === 'import' || (order.coupons.length === 0 && order.revision === 1)) return;
  await releasePromotions(order, ctx);
}
