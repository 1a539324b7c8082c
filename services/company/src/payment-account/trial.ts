import type { Context } from '@souk/service-kit';
import { traceCall } from '@souk/service-kit';
import { config } from '../config.ts';
import { accountRefused, gatewayUnanswered } from '../errors.ts';
import type { GatewayName } from './account.store.ts';
import type { PaypalKeys, StripeKeys } from './account.views.ts';

interface Trial {
  gateway: GatewayName;
  url: string;
  request: RequestInit;
}

/** Reads the balance, which only a good secret key may (docs.stripe.com/api/balance). Throws accountRefused, gatewayUnanswered. */
export const tryStripe = (ctx: Context, { secretKey }: StripeKeys): Promise<void> =>
  attempt(ctx, {
    gateway: 'stripe',
    url: `${config.of(ctx).STRIPE_URL}/v1/balance`,
    request: { headers: { authorization: `Bearer ${secretKey}` } },
  });

/** Asks for an access token, which is not used (developer.paypal.com/api/rest/authentication). Throws as `tryStripe` does. */
export const tryPaypal = (ctx: Context, { clientId, clientSecret }: PaypalKeys): Promise<void> =>
  attempt(ctx, {
    gateway: 'paypal',
    url: `${config.of(ctx).PAYPAL_URL}/v1/oauth2/token`,
    request: {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    },
  });

/** The answer's status says it all; its body may hold secrets and is not read. */
async function attempt(ctx: Context, { gateway, url, request }: Trial): Promise<void> {
  const signal = AbortSignal.timeout(config.of(ctx).GATEWAY_TIMEOUT_MS);
  const status = await traceCall({ service: gateway, method: request.method ?? 'GET' }, async () => {
    const answer = await fetch(url, { ...request, redirect: 'error', signal });
    await answer.body?.cancel();
    return { status: answer.status };
  }).then(
    (answer) => answer.status,
    () => undefined,
  );
  if (status === 200) return;
  ctx.log.warn({ gateway, status }, 'the keys of a payment account were not taken');
  if (status === 400 || status === 401 || status === 403) throw accountRefused(undefined, { gateway });
  throw gatewayUnanswered(undefined, { gateway });
}
