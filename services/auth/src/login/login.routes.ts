import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { accountDeactivated, emailNotVerified, tooManyFailures, wrongCredentials } from '../errors.ts';
import { tokensView } from '../session/session.views.ts';
import { uncached } from '../uncached.ts';
import { emailField, givenPassword, userView, viewUser } from '../user/user.views.ts';
import { logIn } from './login.actions.ts';

export const loginRoutes = [
  endpoint({
    method: 'POST',
    path: '/auth/login',
    summary: 'Begin a session by address and password.',
    access: anybody,
    body: z.strictObject({ email: emailField, password: givenPassword }),
    output: tokensView.extend({ user: userView }),
    status: 200,
    idempotency: 'none',
    errors: [wrongCredentials, emailNotVerified, accountDeactivated, tooManyFailures],
    run: async ({ body }, ctx) => {
      const { tokens, user } = await logIn(body, ctx);
      return uncached({ ...tokens, user: viewUser(user) });
    },
  }),
];
