import { id } from '@souk/contracts';
import { z } from 'zod';

export const providerId = z.string().regex(/^[a-z0-9-]{1,32}$/);

const providerSettings = z.strictObject({
  id: providerId,
  /** As login pages show it. */
  name: z.string().min(1).max(100),
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1).max(500),
  /** The page that the provider sends people back to, which then asks POST /auth/oidc/:provider/callback. */
  redirectUri: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#]/.test(url), 'has a query or a fragment, of which what is sent back could not be told')
    .transform((url) => new URL(url).href),
  /** Given, the provider is that company's, and opens accounts of its staff instead of customers'. */
  companyId: id.optional(),
});
export type ProviderSettings = z.infer<typeof providerSettings>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});

const isUnique = (providers: readonly ProviderSettings[]) =>
  new Set(providers.map((provider) => provider.id)).size === providers.length;

/** A JSON array of providers. */
export const providerList = json.pipe(z.array(providerSettings).max(20).refine(isUnique, 'has an id twice'));

/** A JSON object: the client secret of each provider that gave one, by its id. */
export const clientSecrets = json.pipe(z.record(providerId, z.string().min(1)));
