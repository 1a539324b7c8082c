import { currency, id, instant, minorUnits } from '@souk/contracts';
import type { Context, PageQuery } from '@souk/service-kit';
import { created, endpoint, notFound, pageOf, pageQuery, preconditionFailed, roles, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { aboveRemaining, notCreditor, onlyCustomers } from '../errors.ts';
import { addDebt, getDebt, recordPayment } from './debt.actions.ts';
import { DEBT_STATUSES, DEBT_TYPES } from './debt.rules.ts';
import { debtPayments, debts, PAYMENT_METHODS } from './debt.store.ts';
import { debtView, paymentView, viewDebt, viewPayment } from './debt.views.ts';

const params = z.object({ id });
const creditors = roles({ super_admin: 'all', company_admin: 'company' });
const parties = roles({ super_admin: 'all', company_admin: 'company', customer: 'own' });

const amount = minorUnits.positive();
const typed = z.string().trim().min(1).max(200);
const newest = { _id: -1 } as const;
const longestDue = { dueAt: 1, _id: 1 } as const;

async function pageOfDebts(ctx: Context, filter: Record<string, unknown>, query: PageQuery) {
  const page = await ctx.in(debts).page(filter, newest, query);
  return { ...page, data: page.data.map(viewDebt) };
}

/** Fixed paths come before `/debts/:id`, which would take them for ids. */
export const debtRoutes = [
  endpoint({
    method: 'GET',
    path: '/debts',
    summary: 'Lists debts, the newest first.',
    access: parties,
    query: z.strictObject({ ...pageQuery, status: z.enum(DEBT_STATUSES).optional(), debtorId: id.optional() }),
    output: pageOf(debtView),
    run: ({ query: { status, debtorId, ...query } }, ctx) =>
      pageOfDebts(ctx, { ...(status && { status }), ...(debtorId && { debtorId }) }, query),
  }),
  endpoint({
    method: 'GET',
    path: '/debts/overdue',
    summary: 'Lists debts that are overdue, the longest first.',
    access: parties,
    query: z.strictObject(pageQuery),
    output: pageOf(debtView),
    run: async ({ query }, ctx) => {
      const page = await ctx.in(debts).page({ status: 'overdue' }, longestDue, query);
      return { ...page, data: page.data.map(viewDebt) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/debts/company/:companyId',
    summary: 'Lists debts of a company, as creditor and as debtor, the newest first.',
    access: creditors,
    params: z.object({ companyId: id }),
    query: z.strictObject(pageQuery),
    output: pageOf(debtView),
    run: async ({ params: { companyId }, query }, ctx) => {
      if (ctx.scope.kind === 'company' && ctx.scope.companyId !== companyId) throw notFound();
      return pageOfDebts(ctx, { companyId }, query);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/debts',
    summary: 'Enters a debt by hand.',
    access: creditors,
    idempotency: 'required',
    body: z.strictObject({
      debtorType: z.enum(['company', 'customer']).default('customer'),
      debtorId: id,
      companyId: id.optional(),
      type: z.enum(DEBT_TYPES),
      amount,
      currency,
      dueAt: instant,
      note: typed.optional(),
    }),
    output: debtView,
    errors: [onlyCustomers],
    run: async ({ body }, ctx) => {
      const debt = await addDebt(ctx, { ...body, dueAt: new Date(body.dueAt) });
      return created(viewDebt(debt), `/debts/${debt._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/debts/:id',
    summary: 'Shows a debt.',
    access: parties,
    params,
    output: debtView,
    run: async ({ params }, ctx) => {
      const debt = await getDebt(ctx, params.id);
      return versioned(viewDebt(debt), debt.version);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/debts/:id/payments',
    summary: 'Lists what was paid or credited of a debt, the newest first.',
    access: parties,
    params,
    query: z.strictObject(pageQuery),
    output: pageOf(paymentView),
    run: async ({ params, query }, ctx) => {
      await getDebt(ctx, params.id);
      const page = await ctx.in(debtPayments).page({ debtId: params.id }, newest, query);
      return { ...page, data: page.data.map(viewPayment) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/debts/:id/payment',
    summary: "Records money that came in for a debt, in the debt's currency; never more than is still owed.",
    access: creditors,
    idempotency: 'required',
    params,
    body: z.strictObject({ amount, method: z.enum(PAYMENT_METHODS).default('other'), reference: typed.optional() }),
    output: paymentView,
    errors: [preconditionFailed, aboveRemaining, notCreditor],
    run: async ({ params, body }, ctx) => {
      const payment = await recordPayment(ctx, params.id, body);
      return created(viewPayment(payment), `/debts/${params.id}/payments`);
    },
  }),
];
