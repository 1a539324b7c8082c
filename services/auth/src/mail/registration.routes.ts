import { id } from '@souk/contracts';
import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { linkInvalid, weakPassword } from '../errors.ts';
import { uncached } from '../uncached.ts';
import { emailField, newPassword, personFields } from '../user/user.views.ts';
import { register, requestReset, resetPassword, verifyEmail } from './registration.actions.ts';

const token = z.string().min(1).max(200);
const checkYourMail = z.object({ status: z.literal('check_your_mail') });
const SENT = { status: 'check_your_mail' } as const;

export const registrationRoutes = [
  endpoint({
    method: 'POST',
    path: '/auth/register',
    summary: "Make a customer's account; the answer does not tell whether the address has one.",
    access: anybody,
    body: z.strictObject({ ...personFields, email: emailField, password: newPassword, companyId: id.optional() }),
    output: checkYourMail,
    status: 202,
    idempotency: 'none',
    errors: [weakPassword],
    run: async ({ body }, ctx) => {
      await register(body, ctx);
      return uncached(SENT, 202);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/verify-email',
    summary: 'Prove an address by the token that was mailed to it.',
    access: anybody,
    body: z.strictObject({ token }),
    output: z.object({ status: z.literal('verified') }),
    status: 200,
    idempotency: 'none',
    errors: [linkInvalid],
    run: async ({ body }, ctx) => {
      await verifyEmail(body.token, ctx);
      return uncached({ status: 'verified' as const });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/forgot-password',
    summary: 'Ask for a mail to set a new password.',
    access: anybody,
    body: z.strictObject({ email: emailField }),
    output: checkYourMail,
    status: 202,
    idempotency: 'none',
    run: async ({ body }, ctx) => {
      await requestReset(body, ctx);
      return uncached(SENT, 202);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/reset-password',
    summary: 'Set a new password by the token that was mailed; ends all sessions.',
    access: anybody,
    body: z.strictObject({ token, password: newPassword }),
    output: z.object({ status: z.literal('password_set') }),
    status: 200,
    idempotency: 'none',
    errors: [linkInvalid, weakPassword],
    run: async ({ body }, ctx) => {
      await resetPassword(body, ctx);
      return uncached({ status: 'password_set' as const });
    },
  }),
];
