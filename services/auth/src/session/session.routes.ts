import { id, instant } from '@souk/contracts';
import { anybody, endpoint, everyone, noContent, pageOf, pageQuery } from '@souk/service-kit';
import { z } from 'zod';
import { refreshRefused } from '../errors.ts';
import { uncached } from '../uncached.ts';
import { closeSession, logOut, logOutEverywhere, refreshSession } from './session.actions.ts';
import type { Session } from './session.store.ts';
import { sessions } from './session.store.ts';
import { tokensView } from './session.views.ts';

const sessionView = z.object({
  id,
  createdAt: instant,
  lastUsedAt: instant,
  expiresAt: instant,
  userAgent: z.string().optional(),
  ip: z.string().optional(),
  isCurrent: z.boolean(),
});

const viewSession = (session: Session, currentSid: string | undefined): z.infer<typeof sessionView> => ({
  id: session._id,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  ...(session.userAgent && { userAgent: session.userAgent }),
  ...(session.ip && { ip: session.ip }),
  isCurrent: session._id === currentSid,
});

export const sessionRoutes = [
  endpoint({
    method: 'POST',
    path: '/auth/refresh-token',
    summary: 'Exchange a refresh token for new tokens.',
    access: anybody,
    body: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
    output: tokensView,
    status: 200,
    idempotency: 'none',
    errors: [refreshRefused],
    run: async ({ body }, ctx) => uncached((await refreshSession(body.refreshToken, ctx)).tokens),
  }),
  endpoint({
    method: 'POST',
    path: '/auth/logout',
    summary: 'End this session.',
    access: everyone,
    status: 204,
    run: async (_, ctx) => {
      await logOut(ctx);
      return noContent();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/logout-all',
    summary: 'End all sessions of the account.',
    access: everyone,
    status: 204,
    run: async (_, ctx) => {
      await logOutEverywhere(ctx);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/auth/sessions',
    summary: 'Where the account is logged in.',
    access: everyone,
    query: z.strictObject({ ...pageQuery }),
    output: pageOf(sessionView),
    run: async ({ query }, ctx) => {
      const { data, nextCursor } = await ctx.in(sessions).page({}, { createdAt: -1, _id: -1 }, query);
      return uncached({ data: data.map((session) => viewSession(session, ctx.caller?.sid)), nextCursor });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/auth/sessions/:id',
    summary: 'End one session of the account.',
    access: everyone,
    params: z.object({ id }),
    status: 204,
    run: async ({ params }, ctx) => {
      await closeSession(params.id, ctx);
      return noContent();
    },
  }),
];
