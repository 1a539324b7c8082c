import { exchangeApiKey as exchangeCall, id, instant, permission } from '@souk/contracts';
import { endpoint, implement, noContent, pageOf, pageQuery, roles, services } from '@souk/service-kit';
import { z } from 'zod';
import { apiKeysFull, companyGone } from '../errors.ts';
import { uncached } from '../uncached.ts';
import { createApiKey, deleteApiKey, exchangeApiKey, getApiKey } from './api-key.actions.ts';
import type { ApiKey } from './api-key.store.ts';
import { apiKeys } from './api-key.store.ts';

const keepers = roles({ super_admin: 'all', company_admin: 'company' });
const MOST_PER_MINUTE = 6_000;
const scopes = z.array(permission).min(1).max(permission.options.length);

const apiKeyView = z.object({
  id,
  name: z.string(),
  companyId: id.optional(),
  lastFour: z.string(),
  scopes: z.array(z.string()),
  limitPerMinute: z.int(),
  creatorId: id,
  createdAt: instant,
  expiresAt: instant.optional(),
  lastUsedAt: instant.optional(),
});

function viewApiKey(known: ApiKey): z.infer<typeof apiKeyView> {
  const { name, companyId, lastFour, limitPerMinute, creatorId, expiresAt, lastUsedAt } = known;
  return {
    ...{ id: known._id, name, ...(companyId && { companyId }), lastFour, scopes: known.scopes, limitPerMinute, creatorId },
    createdAt: known.createdAt.toISOString(),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
  };
}

export const apiKeyRoutes = [
  endpoint({
    method: 'GET',
    path: '/auth/api-keys',
    summary: 'Service accounts, the newest first; their keys are not shown again.',
    access: keepers,
    query: z.strictObject({ ...pageQuery }),
    output: pageOf(apiKeyView),
    run: async ({ query }, ctx) => {
      const { data, nextCursor } = await ctx.in(apiKeys).page({}, { createdAt: -1, _id: -1 }, query);
      return uncached({ data: data.map(viewApiKey), nextCursor });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/api-keys',
    summary: 'Make a service account; its key, a bearer token for the gateway, is in this answer only.',
    access: keepers,
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      scopes: scopes.transform((given) => [...new Set(given)].sort()),
      companyId: id.optional(),
      limitPerMinute: z.int().min(1).max(MOST_PER_MINUTE).default(600),
      expiresAt: z.iso
        .datetime()
        .transform((text) => new Date(text))
        .optional(),
    }),
    output: apiKeyView.extend({ key: z.string() }),
    idempotency: 'none',
    errors: [apiKeysFull, companyGone],
    run: async ({ body }, ctx) => {
      const { apiKey, key } = await createApiKey(body, ctx);
      return uncached({ ...viewApiKey(apiKey), key }, 201, { location: `/api/auth/api-keys/${apiKey._id}` });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/auth/api-keys/:id',
    summary: 'One service account; its key is not shown again.',
    access: keepers,
    params: z.object({ id }),
    output: apiKeyView,
    run: async ({ params }, ctx) => uncached(viewApiKey(await getApiKey(ctx, params.id))),
  }),
  endpoint({
    method: 'DELETE',
    path: '/auth/api-keys/:id',
    summary: 'End a service account: its key is refused within seconds.',
    access: keepers,
    params: z.object({ id }),
    status: 204,
    run: async ({ params }, ctx) => {
      await deleteApiKey(params.id, ctx);
      return noContent();
    },
  }),
  // A key of idempotency would keep the token for a day.
  {
    ...implement(exchangeCall, services('gateway'), async ({ body }, ctx) => uncached(await exchangeApiKey(body.key, ctx))),
    ignoresKeys: true,
  },
];
