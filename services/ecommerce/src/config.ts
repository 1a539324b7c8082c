import { QUOTE_TTL_SECONDS } from '@souk/contracts';
import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /** How long a signed quote holds. */
    QUOTE_TTL_SECONDS: z.coerce.number().int().min(10).max(86_400).default(QUOTE_TTL_SECONDS),
    /** How often each replica looks for what its search index has not been told of. */
    SEARCH_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(1_000),
  }),
  secrets: z.object({ 'quote-key': z.string().min(32) }),
});
