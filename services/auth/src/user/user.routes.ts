import { id, ROLES } from '@souk/contracts';
import {
  created,
  endpoint,
  noContent,
  notFound,
  pageOf,
  pageQuery,
  preconditionFailed,
  roles,
  versioned,
} from '@souk/service-kit';
import { z } from 'zod';
import {
  alreadySo,
  companyGone,
  companyNeeded,
  emailTaken,
  lastSuperAdmin,
  notOnYourself,
  planLimitReached,
  roleNotAllowed,
} from '../errors.ts';
import { normalEmail } from '../login/login.rules.ts';
import { deleteUser } from './departure.actions.ts';
import { addColleague, changeUser, deactivateUser, reactivateUser } from './user.actions.ts';
import { STAFF_ROLES } from './user.rules.ts';
import { users } from './user.store.ts';
import { emailField, personFields, userView, viewUser } from './user.views.ts';

const readers = roles({ super_admin: 'all', company_admin: 'company', shop_manager: 'shops' });
const keepers = roles({ super_admin: 'all', company_admin: 'company' });
const params = z.object({ id });
const staffRole = z.enum(STAFF_ROLES);

export const userRoutes = [
  endpoint({
    method: 'GET',
    path: '/users',
    summary: 'Accounts, the newest first.',
    access: readers,
    query: z.strictObject({
      ...pageQuery,
      role: z.enum(ROLES).optional(),
      isActive: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
      companyId: id.optional(),
      shopId: id.optional(),
      email: emailField.optional(),
    }),
    output: pageOf(userView),
    run: async ({ query }, ctx) => {
      const { role, isActive, companyId, shopId, email } = query;
      const filter = {
        ...(role && { role }),
        ...(isActive !== undefined && { isActive }),
        ...(companyId && { companyId }),
        ...(shopId && { shopIds: shopId }),
        ...(email && { email: normalEmail(email) }),
      };
      const { data, nextCursor } = await ctx.in(users).page(filter, { createdAt: -1, _id: -1 }, query);
      return { data: data.map(viewUser), nextCursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users',
    summary: 'Add a colleague, who gets a mail to set a password.',
    access: keepers,
    body: z.strictObject({ ...personFields, email: emailField, role: staffRole, companyId: id.optional() }),
    output: userView,
    errors: [roleNotAllowed, companyGone, emailTaken, planLimitReached],
    run: async ({ body }, ctx) => {
      const user = await addColleague(body, ctx);
      return created(viewUser(user), `/users/${user._id}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/:id',
    summary: 'One account.',
    access: readers,
    params,
    output: userView,
    run: async ({ params }, ctx) => {
      const user = await ctx.in(users).findOne({ _id: params.id });
      if (!user) throw notFound();
      return versioned(viewUser(user), user.version);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/:id',
    summary: 'Change an account; a new role takes effect within seconds.',
    access: keepers,
    params,
    body: z.strictObject({ ...personFields, role: staffRole }).partial(),
    output: userView,
    errors: [preconditionFailed, roleNotAllowed, companyNeeded, notOnYourself],
    run: async ({ params, body }, ctx) => {
      const user = await changeUser(params.id, body, ctx);
      return versioned(viewUser(user), user.version);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/:id/deactivate',
    summary: 'Switch an account off and end its sessions.',
    access: keepers,
    params,
    output: userView,
    status: 200,
    errors: [preconditionFailed, alreadySo, lastSuperAdmin, notOnYourself],
    run: async ({ params }, ctx) => viewUser(await deactivateUser(params.id, ctx)),
  }),
  endpoint({
    method: 'POST',
    path: '/users/:id/reactivate',
    summary: 'Switch an account on again.',
    access: keepers,
    params,
    output: userView,
    status: 200,
    errors: [preconditionFailed, alreadySo, companyGone, planLimitReached],
    run: async ({ params }, ctx) => viewUser(await reactivateUser(params.id, ctx)),
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'Delete an account for good: its sessions end, and its address is free again.',
    access: keepers,
    params,
    status: 204,
    errors: [preconditionFailed, lastSuperAdmin, notOnYourself],
    run: async ({ params }, ctx) => {
      await deleteUser(params.id, ctx);
      return noContent();
    },
  }),
];
