import { address, id, paymentMethod } from '@souk/contracts';
import { created, endpoint, roles } from '@souk/service-kit';
import { z } from 'zod';
import { checkOut } from './checkout.actions.ts';
import { cartEmpty, shopUnknown } from './errors.ts';
import { orderView, viewOrder } from './order.views.ts';

export const checkoutEndpoints = [
  endpoint({
    method: 'POST',
    path: '/checkout',
    summary: 'Orders what is in the cart: one order and one payment for each shop.',
    access: roles({ customer: 'own' }),
    idempotency: 'required',
    body: z.strictObject({
      paymentMethod,
      shippingAddress: address,
      shippingMethods: z.record(id, z.string().min(1).max(100)).optional(),
    }),
    output: z.object({ checkoutId: id, orders: z.array(orderView) }),
    errors: [cartEmpty, shopUnknown],
    run: async ({ body }, ctx) => {
      const { checkoutId, orders } = await checkOut(ctx, body);
      return created({ checkoutId, orders: orders.map(viewOrder) }, `/orders?checkoutId=${checkoutId}`);
    },
  }),
];
