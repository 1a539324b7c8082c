import { customerSegment, id } from '@souk/contracts';
import type { Context } from '@souk/service-kit';
import {
  companyNamed,
  endpoint,
  noContent,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  STAFF,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import { findContacts } from './contact.actions.ts';
import { deleteCustomer, getByEmail, getCustomer, updateCustomer } from './customer.actions.ts';
import type { Customer } from './customer.store.ts';
import { listCustomers } from './customer.store.ts';
import { customerOrdersView, customerView, viewCustomer, viewCustomerOrders } from './customer.views.ts';
import { findLastOrder, sumOrders } from './spending.store.ts';

const READERS = roles({ ...STAFF, customer: 'own' });
const EDITORS = roles({ company_admin: 'company' });

const MOST_TAGS = 20;
const byId = z.object({ id });
const tag = z.string().trim().min(1).max(40);

const customerPatch = z.strictObject({
  notes: z.string().max(5_000).optional(),
  tags: z
    .array(tag)
    .max(MOST_TAGS)
    .refine((tags) => new Set(tags).size === tags.length, 'a tag stands there twice')
    .optional(),
  segment: z.enum([...customerSegment.options, 'auto']).optional(),
});

async function showAll(ctx: Context, found: readonly Customer[]) {
  const contacts = await findContacts(
    ctx,
    found.map(({ customerId }) => customerId),
  );
  const isStaff = ctx.caller?.role !== 'customer';
  return found.map((each) => viewCustomer(each, { contact: contacts.get(each.customerId), isStaff }));
}

async function showOne(ctx: Context, customer: Customer) {
  const [shown] = await showAll(ctx, [customer]);
  if (!shown) throw new Error('a customer is shown as one');
  return versioned(shown, customer.version);
}

export const customerEndpoints = [
  endpoint({
    method: 'GET',
    path: '/customers',
    summary: 'Who has met a company, newest first; a customer sees all of their own profiles, whatever is asked for.',
    access: READERS,
    query: z.strictObject({
      ...pageQuery,
      segment: customerSegment.optional(),
      tag: tag.optional(),
      customerId: id.optional(),
    }),
    output: pageOf(customerView),
    run: async ({ query: { limit, cursor, ...filter } }, ctx) => {
      // A customer has few profiles, and must not find them by the tags that staff gave them.
      const asked = ctx.caller?.role === 'customer' ? {} : filter;
      const page = await listCustomers(ctx, asked, { limit, cursor });
      return { ...page, data: await showAll(ctx, page.data) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/customers/email/:email',
    summary: 'The customer of a company who has an address; the platform names the company.',
    access: roles(STAFF),
    params: z.object({ email: z.email().max(254) }),
    query: z.strictObject({ companyId: id.optional() }),
    output: customerView,
    run: async ({ params: { email }, query }, ctx) =>
      showOne(ctx, await getByEmail(ctx, { email, companyId: companyNamed(ctx, query.companyId) })),
  }),
  endpoint({
    method: 'GET',
    path: '/customers/:id',
    summary: 'One customer.',
    access: READERS,
    params: byId,
    output: customerView,
    run: async ({ params }, ctx) => showOne(ctx, await getCustomer(ctx, params.id)),
  }),
  endpoint({
    method: 'GET',
    path: '/customers/:id/orders',
    summary:
      "How many orders of a customer became certain and were not cancelled, and what they come to; in shops, those shops' orders.",
    access: READERS,
    params: byId,
    output: customerOrdersView,
    run: async ({ params }, ctx) => {
      const person = await getCustomer(ctx, params.id);
      const [sums, last] = await Promise.all([sumOrders(ctx, person), findLastOrder(ctx, person)]);
      return viewCustomerOrders(sums, last);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/customers/:id',
    summary: 'Changes notes, tags or the segment, which then stays until it is set to `auto`; what is not named stays.',
    access: EDITORS,
    params: byId,
    body: customerPatch,
    output: customerView,
    errors: [preconditionFailed],
    run: async ({ params, body }, ctx) => showOne(ctx, await updateCustomer(ctx, params.id, body)),
  }),
  endpoint({
    method: 'DELETE',
    path: '/customers/:id',
    summary: 'Deletes the profile with its notes and tags; the orders stay, and a later one makes a profile anew.',
    access: EDITORS,
    params: byId,
    status: 204,
    errors: [preconditionFailed],
    run: async ({ params }, ctx) => {
      await deleteCustomer(ctx, params.id);
      return noContent();
    },
  }),
];
