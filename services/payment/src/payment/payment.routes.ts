import { id, paymentStatus } from '@souk/contracts';
import type { Context, Filter, PageQuery } from '@souk/service-kit';
import { created, endpoint, everyone, pageOf, pageQuery, preconditionFailed, roles, STAFF, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { notCaptured, refundTooLarge } from '../errors.ts';
import { getPayment } from './advance.actions.ts';
import { payments } from './payment.store.ts';
import { paymentView, refundView, showPayment, showRefund, showStatus, statusView } from './payment.views.ts';
import { refundPayment } from './refund.actions.ts';

const readers = roles({ ...STAFF, customer: 'own' });
const params = z.object({ id });

const listQuery = z.strictObject({
  ...pageQuery,
  status: paymentStatus.optional(),
  orderId: id.optional(),
});

async function listPayments(ctx: Context, filter: Filter, query: PageQuery) {
  const { data, nextCursor } = await ctx.in(payments).page(filter, { createdAt: -1, _id: -1 }, query);
  return { data: data.map(showPayment), nextCursor };
}

/** The filters that were given. */
const given = ({ status, orderId }: z.infer<typeof listQuery>): Filter => ({
  ...(status && { status }),
  ...(orderId && { orderId }),
});

export const paymentEndpoints = [
  endpoint({
    method: 'GET',
    path: '/payments',
    summary: 'Payments, the newest first.',
    access: readers,
    query: listQuery,
    output: pageOf(paymentView),
    run: ({ query }, ctx) => listPayments(ctx, given(query), query),
  }),
  endpoint({
    method: 'GET',
    path: '/payments/history',
    summary: "The caller's own payments, the newest first.",
    access: everyone,
    query: z.strictObject(pageQuery),
    output: pageOf(paymentView),
    run: ({ query }, ctx) => listPayments(ctx, {}, query),
  }),
  endpoint({
    method: 'GET',
    path: '/payments/:id',
    summary: 'One payment with its refunds.',
    access: readers,
    params,
    output: paymentView,
    run: async ({ params: { id: _id } }, ctx) => {
      const payment = await getPayment(ctx, { _id });
      return versioned(showPayment(payment), payment.version);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/payments/:id/status',
    summary: 'Where a payment stands.',
    access: readers,
    params,
    output: statusView,
    run: async ({ params: { id: _id } }, ctx) => showStatus(await getPayment(ctx, { _id })),
  }),
  endpoint({
    method: 'POST',
    path: '/payments/:id/refund',
    summary: 'Gives back a part of a captured payment, or all that is left. While `pending`, the gateway has not answered yet.',
    access: roles({ company_admin: 'company', shop_manager: 'shops' }),
    idempotency: 'required',
    params,
    body: z.strictObject({ amount: z.int().positive().optional(), reason: z.string().trim().min(1).max(500) }),
    output: refundView,
    errors: [preconditionFailed, notCaptured, refundTooLarge],
    run: async ({ params: { id: paymentId }, body }, ctx) => {
      const { refund } = await refundPayment(ctx, paymentId, body);
      return created(showRefund(refund), `/payments/${paymentId}`);
    },
  }),
];
