import type { Context } from '@souk/service-kit';
import { endpoint, everyone, notFound, preconditionFailed, versioned } from '@souk/service-kit';
import { z } from 'zod';
import { tooManyFailures, weakPassword, wrongPassword } from '../errors.ts';
import { tokensView } from '../session/session.views.ts';
import { uncached } from '../uncached.ts';
import { changePassword, changeProfile } from './profile.actions.ts';
import { users } from './user.store.ts';
import { givenPassword, newPassword, personFields, userView, viewUser } from './user.views.ts';

async function showOwn(ctx: Context) {
  const user = await ctx.in(users).findOne({});
  if (!user) throw notFound();
  return versioned(viewUser(user), user.version);
}

const showsOwn = (path: string) =>
  endpoint({
    method: 'GET',
    path,
    summary: 'Your own account.',
    access: everyone,
    output: userView,
    run: (_, ctx) => showOwn(ctx),
  });

export const profileRoutes = [
  showsOwn('/auth/profile'),
  showsOwn('/auth/me'),
  endpoint({
    method: 'PUT',
    path: '/auth/profile',
    summary: 'Change your name, telephone and language.',
    access: everyone,
    body: z.strictObject(personFields),
    output: userView,
    errors: [preconditionFailed],
    run: async ({ body }, ctx) => {
      const user = await changeProfile(body, ctx);
      return versioned(viewUser(user), user.version);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/change-password',
    summary: 'Set another password; ends all other sessions.',
    access: everyone,
    body: z.strictObject({ currentPassword: givenPassword, newPassword }),
    output: tokensView,
    status: 200,
    idempotency: 'none',
    errors: [wrongPassword, weakPassword, tooManyFailures],
    run: async ({ body }, ctx) => uncached(await changePassword(body, ctx)),
  }),
];
