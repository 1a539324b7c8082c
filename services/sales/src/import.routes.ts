import { address, currency, id, instant, sku } from '@souk/contracts';
import { created, endpoint, roles } from '@souk/service-kit';
import { z } from 'zod';
import { externalIdUsed, shopWithoutWarehouses } from './errors.ts';
import { importOrders } from './import.actions.ts';

const line = z.strictObject({
  productId: id,
  variantId: id.optional(),
  sku,
  name: z.string().min(1).max(300),
  quantity: z.int().positive().max(10_000_000),
  unitPrice: z.int().min(0),
  /** Whether its units leave the stock. */
  tracked: z.boolean(),
});

export const importEndpoints = [
  endpoint({
    method: 'POST',
    path: '/orders/import',
    summary: "Takes orders of another system's history, with their prices and times as they were.",
    access: roles({ company_admin: 'company' }),
    idempotency: 'required',
    body: z.strictObject({
      orders: z
        .array(
          z.strictObject({
            externalId: z.string().min(1).max(60),
            shopId: id,
            customerId: id.optional(),
            currency,
            placedAt: instant,
            lines: z.array(line).min(1).max(1000),
            shippingAddress: address.optional(),
          }),
        )
        .min(1)
        .max(100),
    }),
    output: z.object({ orders: z.array(z.object({ id, externalId: z.string(), total: z.int() })) }),
    errors: [externalIdUsed, shopWithoutWarehouses],
    run: async ({ body }, ctx) => {
      const made = await importOrders(ctx, body.orders);
      const orders = made.map(({ _id, externalId = '', pricing }) => ({ id: _id, externalId, total: pricing.total }));
      return created({ orders }, '/orders');
    },
  }),
];
