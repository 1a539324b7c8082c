import { anybody, created, endpoint, everyone, noContent } from '@souk/service-kit';
import { z } from 'zod';
import {
  challengeRefused,
  factorIsOff,
  factorIsOn,
  logInAgain,
  passwordNeeded,
  tooManyFailures,
  wrongCode,
  wrongPassword,
} from '../errors.ts';
import { loginView, viewLogin } from '../session/session.views.ts';
import { uncached } from '../uncached.ts';
import { givenPassword } from '../user/user.views.ts';
import { finishLogin } from './challenge.actions.ts';
import { confirmFactor, disableFactor, enrolFactor, replaceCodes, showFactor } from './second-factor.actions.ts';

/** Six digits or a recovery code, with whatever gaps a person types. */
const code = z.string().min(6).max(40);
/** Whoever logs in by a provider only has none: a login of just now stands for it. */
const ownPassword = givenPassword.optional();
const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });

export const secondFactorRoutes = [
  endpoint({
    method: 'POST',
    path: '/auth/login/second-factor',
    summary: 'End a login by a code of the second factor, with the challenge that the login answered.',
    access: anybody,
    body: z.strictObject({ challenge: z.string().min(1).max(200), code }),
    output: loginView,
    status: 200,
    idempotency: 'none',
    errors: [challengeRefused, wrongCode, tooManyFailures],
    run: async ({ body }, ctx) => uncached(viewLogin(await finishLogin(body, ctx))),
  }),
  endpoint({
    method: 'GET',
    path: '/auth/mfa',
    summary: 'Whether the account has a second factor.',
    access: everyone,
    output: z.object({ isEnabled: z.boolean(), recoveryCodesLeft: z.int() }),
    run: async (_, ctx) => uncached(await showFactor(ctx)),
  }),
  endpoint({
    method: 'POST',
    path: '/auth/mfa/enrol',
    summary: 'Draw a secret for an authenticator app; it counts once a code was confirmed.',
    access: everyone,
    body: z.strictObject({ password: ownPassword }),
    output: z.object({ secret: z.string(), uri: z.string() }),
    idempotency: 'none',
    errors: [passwordNeeded, wrongPassword, logInAgain, factorIsOn, tooManyFailures],
    run: async ({ body }, ctx) => {
      const { output, headers } = created(await enrolFactor(body.password, ctx), '/auth/mfa');
      return uncached(output, 201, headers);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/mfa/confirm',
    summary: 'Turn the second factor on by a first code; answers recovery codes, which are shown this once.',
    access: everyone,
    body: z.strictObject({ code }),
    output: recoveryCodes,
    status: 200,
    idempotency: 'none',
    errors: [wrongCode, factorIsOff, factorIsOn, tooManyFailures],
    run: async ({ body }, ctx) => uncached({ recoveryCodes: await confirmFactor(body.code, ctx) }),
  }),
  endpoint({
    method: 'POST',
    path: '/auth/mfa/disable',
    summary: 'Turn the second factor off, by the password and a code or recovery code.',
    access: everyone,
    body: z.strictObject({ password: ownPassword, code }),
    status: 204,
    idempotency: 'none',
    errors: [passwordNeeded, wrongPassword, logInAgain, wrongCode, factorIsOff, tooManyFailures],
    run: async ({ body }, ctx) => {
      await disableFactor(body, ctx);
      return noContent();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/auth/mfa/recovery-codes',
    summary: 'Replace the recovery codes, by the password and a code.',
    access: everyone,
    body: z.strictObject({ password: ownPassword, code }),
    output: recoveryCodes,
    status: 200,
    idempotency: 'none',
    errors: [passwordNeeded, wrongPassword, logInAgain, wrongCode, factorIsOff, tooManyFailures],
    run: async ({ body }, ctx) => uncached({ recoveryCodes: await replaceCodes(body, ctx) }),
  }),
];
