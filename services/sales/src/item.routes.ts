import { id } from '@souk/contracts';
import { endpoint, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { currencyChanged, editRefused, itemUnknown, lastItem, orderChanged } from './errors.ts';
import { changeItem } from './item.actions.ts';
import { orderView, viewOrder } from './order.views.ts';

const MOST_PIECES = 100_000;

/** Whoever may cancel a pending order may change it. */
const shared = {
  access: roles({ company_admin: 'company', shop_manager: 'shops', shop_staff: 'shops', customer: 'own' }),
  idempotency: 'required',
  params: z.object({ id, itemId: id }),
  output: orderView,
  errors: [preconditionFailed, editRefused, orderChanged, itemUnknown, lastItem, currencyChanged],
} as const;

export const itemEndpoints = [
  endpoint({
    ...shared,
    method: 'PUT',
    path: '/orders/:id/items/:itemId',
    summary: 'Says how many pieces of an item a pending order is to have: it is priced, held and paid anew.',
    body: z.strictObject({ quantity: z.int().min(1).max(MOST_PIECES) }),
    run: async ({ params: { id: orderId, itemId }, body: { quantity } }, ctx) => {
      const order = await changeItem(ctx, orderId, { itemId, quantity });
      return versioned(viewOrder(order), order.version);
    },
  }),
  endpoint({
    ...shared,
    method: 'DELETE',
    path: '/orders/:id/items/:itemId',
    summary: 'Takes an item out of a pending order, which keeps at least one: it is priced, held and paid anew.',
    run: async ({ params: { id: orderId, itemId } }, ctx) => {
      const order = await changeItem(ctx, orderId, { itemId, quantity: 0 });
      return versioned(viewOrder(order), order.version);
    },
  }),
];
