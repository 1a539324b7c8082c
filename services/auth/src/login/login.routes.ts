import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { accountDeactivated, emailNotVerified, secondFactorRequired, tooManyFailures, wrongCredentials } from '../errors.ts';
import { loginView, viewLogin } from '../session/session.views.ts';
import { uncached } from '../uncached.ts';
import { emailField, givenPassword } from '../user/user.views.ts';
import { logIn } from './login.actions.ts';

export const loginRoutes = [
  endpoint({
    method: 'POST',
    path: '/auth/login',
    summary: 'Begin a session by address and password.',
    access: anybody,
    body: z.strictObject({ email: emailField, password: givenPassword }),
    output: loginView,
    status: 200,
    idempotency: 'none',
    errors: [wrongCredentials, secondFactorRequired, emailNotVerified, accountDeactivated, tooManyFailures],
    run: async ({ body }, ctx) => uncached(viewLogin(await logIn(body, ctx))),
  }),
];
