import { allEvents, id, instant } from '@souk/contracts';
import type { Context, Filter, PageQuery } from '@souk/service-kit';
import { companyAsked, endpoint, notFound, pageOf, pageQuery, roles } from '@souk/service-kit';
import { z } from 'zod';
import { verifyChain } from './chain.actions.ts';
import { PLATFORM } from './chain.rules.ts';
import { entries } from './entry.store.ts';
import { OWN_ACTS } from './log.actions.ts';
import { entryView, verdictView, viewEntry } from './log.views.ts';

const readers = roles({ super_admin: 'all', company_admin: 'company' });
const name = z.string().min(1).max(200);
const span = { from: instant.optional(), to: instant.optional() };
const newest = { at: -1, _id: -1 } as const;

interface Span {
  from?: string | undefined;
  to?: string | undefined;
}

/** From the first moment, included, to the last, excluded. */
function within({ from, to }: Span): Filter {
  if (from === undefined && to === undefined) return {};
  return { at: { ...(from && { $gte: new Date(from) }), ...(to && { $lt: new Date(to) }) } };
}

/** Entries are found by their types, which have an index, rather than by the part of them that names the resource. */
const TYPES = [...allEvents.map(({ type }) => type), ...OWN_ACTS];
const typesOf = (resource: string): Filter => ({ $in: TYPES.filter((type) => type.startsWith(`${resource}.`)) });

async function list(ctx: Context, filter: Filter, query: PageQuery & Span) {
  const page = await ctx.in(entries).page({ ...filter, ...within(query) }, newest, query);
  return { ...page, data: page.data.map(viewEntry) };
}

export const logRoutes = [
  endpoint({
    method: 'GET',
    path: '/audit/logs',
    summary: 'Lists what happened, the newest first; `from` is included, `to` is not.',
    access: readers,
    query: z.strictObject({
      ...pageQuery,
      ...span,
      type: name.optional(),
      actorId: name.optional(),
      resourceType: name.optional(),
      resourceId: name.optional(),
      companyId: id.optional(),
    }),
    output: pageOf(entryView),
    run: ({ query }, ctx) => {
      const { type, actorId, resourceType, resourceId, companyId } = query;
      const types = type ?? (resourceType && typesOf(resourceType));
      const filter = { ...(types && { type: types }), ...(actorId && { actorId }), ...(resourceId && { resourceId }) };
      return list(ctx, { ...filter, ...(companyId && { companyId }), ...(type && resourceType && { resourceType }) }, query);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/audit/logs/:id',
    summary: 'Shows one entry.',
    access: readers,
    params: z.object({ id }),
    output: entryView,
    run: async ({ params }, ctx) => {
      const entry = await ctx.in(entries).findOne({ _id: params.id });
      if (!entry) throw notFound();
      return viewEntry(entry);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/audit/user/:userId',
    summary: 'Lists what a user did, the newest first.',
    access: readers,
    params: z.object({ userId: id }),
    query: z.strictObject({ ...pageQuery, ...span }),
    output: pageOf(entryView),
    run: ({ params, query }, ctx) => list(ctx, { actorId: params.userId }, query),
  }),
  endpoint({
    method: 'GET',
    path: '/audit/resource/:type/:id',
    summary: 'Lists what happened to one thing, the newest first.',
    access: readers,
    params: z.object({ type: name, id: name }),
    query: z.strictObject({ ...pageQuery, ...span }),
    output: pageOf(entryView),
    run: ({ params, query }, ctx) => list(ctx, { resourceType: params.type, resourceId: params.id }, query),
  }),
  endpoint({
    method: 'POST',
    path: '/audit/verify',
    summary:
      "Reads a chain from its beginning and names its first broken link: one's company's, or by a super admin any or the platform's.",
    whileSuspended: true,
    access: readers,
    status: 200,
    body: z.strictObject({ companyId: id.optional() }),
    output: verdictView,
    run: async ({ body }, ctx) => {
      const chain = companyAsked(ctx, body.companyId) ?? PLATFORM;
      return { chain, ...(await verifyChain(ctx, chain)) };
    },
  }),
];
