import type { Context } from '@souk/service-kit';
import { system } from '@souk/service-kit';
import type { Configuration, IDToken } from 'openid-client';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  calculatePKCECodeChallenge,
  ResponseBodyError,
  randomNonce,
} from 'openid-client';
import { oidcRefused, providerAway } from '../errors.ts';
import { digestOf, newSecret } from '../opaque-secret.ts';
import { admit } from '../second-factor/challenge.actions.ts';
import type { Tokens } from '../session/session.actions.ts';
import type { User } from '../user/user.store.ts';
import { flows } from './flow.store.ts';
import { recognise } from './identity.actions.ts';
import type { Provider } from './provider.ts';
import { providers } from './provider.ts';

const FLOW_MS = 10 * 60_000;
const door = system('somebody logs in by a provider');

/**
 * Begins a login at a provider. The client sends the person to `authorizationUrl` and keeps `flow`, which is the PKCE verifier as well:
 * what comes back is worth nothing without it, to us and to the provider. Throws 404 and provider_away.
 */
export async function startFlow(
  providerId: string,
  ctx: Context,
): Promise<{ authorizationUrl: string; flow: string; expiresAt: string }> {
  const provider = providers.of(ctx).get(providerId);
  const client = await discovered(provider, ctx);
  const [state, flow] = [newSecret(), newSecret()];
  const nonce = randomNonce();
  const expiresAt = new Date(ctx.now().getTime() + FLOW_MS);
  await ctx.as(door).in(flows).insertOne({ _id: state.digest, provider: provider.id, flowDigest: flow.digest, nonce, expiresAt });
  const url = buildAuthorizationUrl(client, {
    redirect_uri: provider.redirectUri,
    scope: 'openid email profile',
    state: state.secret,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(flow.secret),
    code_challenge_method: 'S256',
  });
  return { authorizationUrl: url.href, flow: flow.secret, expiresAt: expiresAt.toISOString() };
}

/** What the provider sent the person back with, and what the client kept. */
export interface Callback {
  state: string;
  flow: string;
  code: string;
  iss?: string | undefined;
}

/**
 * Ends a login at a provider and begins a session. Throws oidc_refused for whatever is not as the provider and we agreed, provider_away,
 * address_not_vouched, not_for_provider, account_deactivated and second_factor_required.
 */
export async function finishFlow(providerId: string, callback: Callback, ctx: Context): Promise<{ tokens: Tokens; user: User }> {
  const provider = providers.of(ctx).get(providerId);
  const { nonce } = await takeFlow(provider, callback, ctx);
  const claims = await redeem(provider, { ...callback, nonce }, ctx);
  const user = await recognise(provider, claims, ctx);
  return { tokens: await admit(ctx, user, { method: 'oidc', set: {} }), user };
}

/** The flow of a state, once: of two who come with it, one gets it. Throws oidc_refused. */
async function takeFlow(provider: Provider, { state, flow }: Callback, ctx: Context) {
  const begun = ctx.as(door).in(flows);
  const mine = { _id: digestOf(state), provider: provider.id, flowDigest: digestOf(flow), expiresAt: { $gt: ctx.now() } };
  const found = await begun.findOne(mine);
  if (!found || (await begun.deleteOne(mine)) === 0) throw oidcRefused();
  return found;
}

/** The claims of the ID token that the provider gives for a code. */
async function redeem(provider: Provider, given: Callback & { nonce: string }, ctx: Context): Promise<IDToken> {
  const client = await discovered(provider, ctx);
  const answer = new URL(provider.redirectUri);
  answer.search = new URLSearchParams({ code: given.code, state: given.state, ...(given.iss && { iss: given.iss }) }).toString();
  const checks = { pkceCodeVerifier: given.flow, expectedState: given.state, expectedNonce: given.nonce, idTokenExpected: true };
  try {
    const claims = (await authorizationCodeGrant(client, answer, checks)).claims();
    if (!claims) throw oidcRefused();
    return claims;
  } catch (error) {
    // The message alone: what hangs on these errors may be claims about a person.
    const reason = error instanceof Error ? error.message : 'unknown';
    ctx.log.info({ reason, provider: provider.id }, 'a provider did not vouch for somebody');
    throw isAway(error) ? providerAway() : oidcRefused();
  }
}

async function discovered(provider: Provider, ctx: Context): Promise<Configuration> {
  try {
    return await provider.discover();
  } catch (error) {
    ctx.log.warn({ err: error, provider: provider.id }, 'a provider does not say what it is');
    throw providerAway();
  }
}

/** Whether the provider could not be asked, rather than said no. */
function isAway(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500;
  if (error instanceof ClientError && error.cause instanceof Response) return error.cause.status >= 500;
  return error instanceof TypeError || (error instanceof ClientError && error.code === 'OAUTH_TIMEOUT');
}
