import { instant } from '@souk/contracts';
import { anybody, endpoint, pageOf, pageQuery } from '@souk/service-kit';
import { z } from 'zod';
import {
  accountDeactivated,
  addressNotVouched,
  notForProvider,
  oidcRefused,
  providerAway,
  secondFactorRequired,
} from '../errors.ts';
import { loginView, viewLogin } from '../session/session.views.ts';
import { uncached } from '../uncached.ts';
import { finishFlow, startFlow } from './flow.actions.ts';
import { providerId } from './provider.settings.ts';
import { providers } from './provider.ts';

const params = z.object({ provider: providerId });
const secret = z.string().min(1).max(200);

export const oidcRoutes = [
  endpoint({
    method: 'GET',
    path: '/auth/oidc',
    summary: 'The OpenID providers that one may log in by, all on one page.',
    access: anybody,
    query: z.strictObject({ ...pageQuery }),
    output: pageOf(z.object({ id: providerId, name: z.string() })),
    run: async (_, ctx) => ({ data: providers.of(ctx).all.map(({ id, name }) => ({ id, name })), nextCursor: null }),
  }),
  endpoint({
    method: 'POST',
    path: '/auth/oidc/:provider/start',
    summary: 'Begin a login at a provider: where to send the person, and a secret to keep until they are back.',
    access: anybody,
    params,
    output: z.object({ authorizationUrl: z.url(), flow: z.string(), expiresAt: instant }),
    status: 200,
    idempotency: 'none',
    errors: [providerAway],
    run: async ({ params }, ctx) => uncached(await startFlow(params.provider, ctx)),
  }),
  endpoint({
    method: 'POST',
    path: '/auth/oidc/:provider/callback',
    summary: 'End a login at a provider by what it sent the person back with and the secret that was kept.',
    access: anybody,
    params,
    body: z.strictObject({ state: secret, flow: secret, code: z.string().min(1).max(4_000), iss: z.url().max(500).optional() }),
    output: loginView,
    status: 200,
    idempotency: 'none',
    errors: [oidcRefused, providerAway, addressNotVouched, notForProvider, accountDeactivated, secondFactorRequired],
    run: async ({ params, body }, ctx) => uncached(viewLogin(await finishFlow(params.provider, body, ctx))),
  }),
];
