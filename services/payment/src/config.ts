import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /** After this long without an answer the outcome of a call to a gateway counts as unknown. */
    GATEWAY_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  }),
  secrets: z.object({
    'sandbox-url': z.url({ protocol: /^https?$/ }),
    'sandbox-api-key': z.string().min(8),
    'sandbox-webhook-secret': z.string().min(8),
  }),
});
