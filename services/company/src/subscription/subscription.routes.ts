import { id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import {
  companySuspended,
  created,
  endpoint,
  notFound,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { getCompany } from '../company/company.actions.ts';
import type { Company } from '../company/company.store.ts';
import { companyView, viewCompany } from '../company/company.views.ts';
import {
  alreadyCancelled,
  alreadySubscribed,
  alreadySuspended,
  notSubscribed,
  notSuspended,
  planArchived,
  planCurrency,
  samePlan,
  stillOwing,
} from '../errors.ts';
import { invoices } from './invoice.store.ts';
import { orderSubscription } from './subscription.actions.ts';
import { invoiceView, subscriptionView, viewInvoice, viewSubscription } from './subscription.views.ts';
import { resumeCompany, suspendCompany } from './suspension.actions.ts';

const params = z.object({ id });
const platform = roles({ super_admin: 'all' });
const ofCompany = roles({ super_admin: 'all', company_admin: 'company' });
const newest = { _id: -1 } as const;

const order = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['subscribe', 'change']), planId: id }),
  z.strictObject({ action: z.literal('cancel'), at: z.enum(['period_end', 'now']).default('period_end') }),
]);

function shown({ subscription }: Company) {
  if (!subscription) throw notFound();
  return viewSubscription(subscription);
}

const byHand = (path: string, summary: string, run: (ctx: Context, id: string) => Promise<Company>) =>
  endpoint({
    method: 'POST',
    path,
    summary,
    access: platform,
    status: 200,
    params,
    output: companyView,
    errors: [preconditionFailed, alreadySuspended, notSuspended],
    run: async ({ params: { id: companyId } }, ctx) => {
      const company = await run(ctx, companyId);
      return versioned(viewCompany(company), company.version);
    },
  });

export const subscriptionRoutes = [
  endpoint({
    method: 'GET',
    path: '/companies/:id/subscription',
    summary: 'Shows the plan of a company, how it stands, and what is in its favour.',
    access: ofCompany,
    params,
    output: subscriptionView,
    run: async ({ params: { id: companyId } }, ctx) => {
      const company = await getCompany(ctx, companyId);
      return versioned(shown(company), company.version);
    },
  }),
  {
    ...endpoint({
      method: 'POST',
      path: '/companies/:id/subscription',
      summary: 'Subscribes to a plan (201), changes to another at once with the rest prorated, or cancels.',
      access: ofCompany,
      idempotency: 'required',
      whileSuspended: true,
      params,
      body: order,
      output: subscriptionView,
      errors: [
        companySuspended,
        preconditionFailed,
        alreadySubscribed,
        notSubscribed,
        samePlan,
        planArchived,
        planCurrency,
        stillOwing,
        alreadyCancelled,
      ],
      run: async ({ params: { id: companyId }, body }, ctx) => {
        const company = await orderSubscription(ctx, companyId, body);
        if (body.action === 'subscribe') return created(shown(company), `/companies/${companyId}/subscription`);
        return versioned(shown(company), company.version);
      },
    }),
    otherStatuses: [200],
  },
  endpoint({
    method: 'GET',
    path: '/companies/:id/invoices',
    summary: 'Lists what a company was billed for its subscription, the newest first.',
    access: ofCompany,
    params,
    query: z.strictObject(pageQuery),
    output: pageOf(invoiceView),
    run: async ({ params: { id: companyId }, query }, ctx) => {
      await getCompany(ctx, companyId);
      const page = await ctx.in(invoices).page({ companyId }, newest, query);
      return { ...page, data: page.data.map(viewInvoice) };
    },
  }),
  byHand('/companies/:id/suspend', 'Makes a company read-only.', suspendCompany),
  byHand('/companies/:id/resume', 'Lets a suspended company write again; what it owes has another grace.', resumeCompany),
];
