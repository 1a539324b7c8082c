import { defineResource, notFound } from '@souk/service-kit';
import type { Configuration } from 'openid-client';
import { allowInsecureRequests, discovery, enableNonRepudiationChecks } from 'openid-client';
import { config } from '../config.ts';
import type { ProviderSettings } from './provider.settings.ts';

const TIMEOUT_SECONDS = 10;
/** Keys are fetched anew by themselves; endpoints hardly ever change. */
const KEEP_MS = 3600_000;

export interface Provider extends ProviderSettings {
  /** What the provider says of itself, asked for when it is first needed. Throws when it does not answer. */
  discover(): Promise<Configuration>;
}

/** The OpenID providers of the configuration. */
export const providers = defineResource({
  name: 'openid providers',
  start(runtime) {
    const { OIDC_PROVIDERS, 'oidc-client-secrets': secrets } = config.of(runtime);
    const all = OIDC_PROVIDERS.map((settings) => openProvider(settings, secrets[settings.id]));
    return {
      all,
      /** Throws 404. */
      get(id: string): Provider {
        const found = all.find((provider) => provider.id === id);
        if (!found) throw notFound();
        return found;
      },
    };
  },
});

function openProvider(settings: ProviderSettings, clientSecret: string | undefined): Provider {
  let known: { asked: Promise<Configuration>; atMs: number } | undefined;
  const ask = async (): Promise<Configuration> => {
    const issuer = new URL(settings.issuer);
    // By default the library trusts an ID token for the connection it came by, and does not look at its signature.
    const execute = [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])];
    return discovery(issuer, settings.clientId, clientSecret, undefined, { execute, timeout: TIMEOUT_SECONDS });
  };
  return {
    ...settings,
    discover() {
      if (known === undefined || Date.now() - known.atMs > KEEP_MS) known = { asked: ask(), atMs: Date.now() };
      const { asked } = known;
      asked.catch(() => {
        known = undefined;
      });
      return asked;
    },
  };
}
