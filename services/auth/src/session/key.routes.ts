import { fetchJwks, id, listRevocations, ROLES, SERVICES } from '@souk/contracts';
import { Answer, anybody, endpoint, everyone, implement, services, system } from '@souk/service-kit';
import { z } from 'zod';
import { listPublished } from '../signing-key/key-ring.actions.ts';
import { uncached } from '../uncached.ts';
import { listRevoked } from './revocation.store.ts';
import { callerOf } from './session.actions.ts';
import { listSuspended } from './standing.actions.ts';

/** What others need to tell good tokens from bad ones. */
export const keyRoutes = [
  implement(fetchJwks, anybody, async (_, ctx) => {
    // Short: a key that was taken out after a leak must be gone from every cache within a minute.
    const shared = { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' };
    const keys = (await listPublished(ctx)).map(({ _id: kid, x, y }) => ({ kid, x, y, ...shared }));
    return new Answer(200, { keys }, { 'cache-control': 'public, max-age=30' });
  }),
  implement(listRevocations, services(...SERVICES), async ({ query }, ctx) => {
    const after = query.after === undefined ? undefined : Number(query.after);
    const everywhere = ctx.as(system('revocations concern every tenant'));
    const { found, position } = await listRevoked(everywhere, after);
    const revocations = found.map(({ sid, userId, before }) => ({ ...(sid && { sid }), ...(userId && { userId }), before }));
    const kids = (await listPublished(ctx)).map(({ _id }) => _id).sort();
    const suspended = await listSuspended(everywhere);
    return uncached({ revocations, cursor: String(position), suspended, keySet: kids.join(' ') });
  }),
  endpoint({
    method: 'GET',
    path: '/auth/verify',
    summary: 'Whether the token is good, and what it says.',
    access: everyone,
    output: z.object({
      userId: id,
      role: z.enum(ROLES),
      companyId: id.optional(),
      shopIds: z.array(id),
      sid: id,
      expiresAt: z.iso.datetime(),
    }),
    run: async (_, ctx) => {
      const { userId, role, companyId, shopIds, sid, exp } = callerOf(ctx);
      return uncached({
        userId,
        role,
        ...(companyId && { companyId }),
        shopIds,
        sid,
        expiresAt: new Date(exp * 1000).toISOString(),
      });
    },
  }),
];
