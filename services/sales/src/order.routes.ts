import { address, countOpenOrders, getOrderState, id, orderStatus, paymentMethod, signedQuote } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import {
  accepted,
  created,
  endpoint,
  implement,
  notFound,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  STAFF,
  services,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import {
  addressNeeded,
  moveRefused,
  nothingToShip,
  paymentMethodRefused,
  quoteForOther,
  quoteForOtherPlace,
  quoteUsed,
  shippingNeeded,
  shopUnknown,
} from './errors.ts';
import { cancelOrder, draftOrder, moveOrder, openQuote, placeOrders, shipOrder } from './order.actions.ts';
import type { Order } from './order.model.ts';
import { countUnderWay, findOrder, listOrders } from './order.store.ts';
import { orderView, timelineView, trackingView, viewOrder, viewTimeline, viewTracking } from './order.views.ts';

const READERS = roles({ ...STAFF, customer: 'own' });
/** The platform reads orders; only the company's people move them. */
const MOVERS = roles({ company_admin: 'company', shop_manager: 'shops', shop_staff: 'shops' });
const MAKERS = roles({ company_admin: 'company', shop_manager: 'shops', shop_staff: 'shops', customer: 'own' });

const byId = z.object({ id });

async function getOrder(ctx: Context, orderId: string): Promise<Order> {
  const order = await findOrder(ctx, orderId);
  if (!order) throw notFound();
  return order;
}

const shipment = z.strictObject({
  lines: z
    .array(z.strictObject({ lineId: id, quantity: z.int().positive() }))
    .min(1)
    .max(1000)
    .optional(),
  carrier: z.string().min(1).max(60).optional(),
  trackingNumber: z.string().min(1).max(120).optional(),
});

const moveEndpoint = (word: 'deliver' | 'complete', to: 'delivered' | 'completed') =>
  endpoint({
    method: 'POST',
    path: `/orders/:id/${word}`,
    summary: `Marks an order ${to}.`,
    access: MOVERS,
    params: byId,
    output: orderView,
    status: 200,
    errors: [preconditionFailed, moveRefused],
    run: async ({ params }, ctx) => viewOrder(await moveOrder(ctx, params.id, to)),
  });

export const orderEndpoints = [
  endpoint({
    method: 'POST',
    path: '/orders',
    summary: 'Makes an order from a signed quote: a customer their own, staff at the till.',
    access: MAKERS,
    idempotency: 'required',
    body: z.strictObject({ quote: signedQuote, paymentMethod, shippingAddress: address.optional() }),
    output: orderView,
    errors: [quoteUsed, quoteForOther, quoteForOtherPlace, shopUnknown, addressNeeded, shippingNeeded, paymentMethodRefused],
    run: async ({ body }, ctx) => {
      const { quote, ...details } = body;
      const [order] = await placeOrders(ctx, [await draftOrder(ctx, openQuote(ctx, quote), details)]);
      if (!order) throw notFound();
      return created(viewOrder(order), `/orders/${order._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/orders',
    summary: 'Lists orders, newest first.',
    access: READERS,
    query: z.strictObject({
      ...pageQuery,
      status: orderStatus.optional(),
      shopId: id.optional(),
      customerId: id.optional(),
      checkoutId: id.optional(),
    }),
    output: pageOf(orderView),
    run: async ({ query: { limit, cursor, ...filter } }, ctx) => {
      const page = await listOrders(ctx, filter, { limit, cursor });
      return { ...page, data: page.data.map(viewOrder) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/orders/:id',
    summary: 'One order.',
    access: READERS,
    params: byId,
    output: orderView,
    run: async ({ params }, ctx) => {
      const order = await getOrder(ctx, params.id);
      return versioned(viewOrder(order), order.version);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/orders/:id/tracking',
    summary: 'Parcels of an order.',
    access: READERS,
    params: byId,
    output: trackingView,
    run: async ({ params }, ctx) => viewTracking(await getOrder(ctx, params.id)),
  }),
  endpoint({
    method: 'GET',
    path: '/orders/:id/timeline',
    summary: 'Every step of an order with its time and cause.',
    access: READERS,
    params: byId,
    output: timelineView,
    run: async ({ params }, ctx) => viewTimeline(await getOrder(ctx, params.id)),
  }),
  {
    ...endpoint({
      method: 'POST',
      path: '/orders/:id/cancel',
      summary: 'Cancels an order; 202 when its money is under way and it will be cancelled once that is known.',
      access: MAKERS,
      params: byId,
      output: orderView,
      status: 200,
      errors: [preconditionFailed, moveRefused],
      run: async ({ params }, ctx) => {
        const order = await cancelOrder(ctx, params.id);
        return order.status === 'cancelled' ? viewOrder(order) : accepted(viewOrder(order), `/orders/${order._id}`);
      },
    }),
    otherStatuses: [202],
  },
  endpoint({
    method: 'POST',
    path: '/orders/:id/ship',
    summary: 'Sends a parcel of an order: the named pieces, or all that is left.',
    access: MOVERS,
    idempotency: 'required',
    params: byId,
    body: shipment,
    output: orderView,
    status: 200,
    errors: [preconditionFailed, moveRefused, nothingToShip],
    run: async ({ params, body }, ctx) => viewOrder(await shipOrder(ctx, params.id, body)),
  }),
  moveEndpoint('deliver', 'delivered'),
  moveEndpoint('complete', 'completed'),
  endpoint({
    method: 'PATCH',
    path: '/orders/:id/status',
    summary: 'Moves an order along its lifecycle.',
    access: MOVERS,
    params: byId,
    body: z.strictObject({ status: z.enum(['processing', 'shipped', 'delivered', 'completed', 'cancelled']) }),
    output: orderView,
    errors: [preconditionFailed, moveRefused],
    run: async ({ params, body: { status } }, ctx) => {
      if (status === 'cancelled') return viewOrder(await cancelOrder(ctx, params.id));
      if (status === 'shipped') return viewOrder(await shipOrder(ctx, params.id, {}));
      return viewOrder(await moveOrder(ctx, params.id, status));
    },
  }),
  implement(countOpenOrders, services('auth'), async ({ params }, ctx) => ({
    count: await countUnderWay(ctx, params.id),
  })),
  implement(getOrderState, services('inventory', 'payment', 'websocket'), async ({ params }, ctx) => {
    const order = await getOrder(ctx, params.id);
    const { _id, orderNumber, revision, companyId, shopId, customerId, source, status, phase, pricing, currency, holdUntil } =
      order;
    return {
      orderId: _id,
      ...{ orderNumber, revision, companyId, shopId, source, status, phase, currency },
      ...(customerId !== undefined && { customerId }),
      paymentMethod: order.paymentMethod,
      amount: pricing.total,
      holdUntil: holdUntil.toISOString(),
      ...(order.traceparent !== undefined && { traceparent: order.traceparent }),
    };
  }),
];
