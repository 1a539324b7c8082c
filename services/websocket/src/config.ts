import { defineConfig, originList } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /** Origins whose pages may open sockets; `*` for all, none but same-origin when empty. */
    CORS_ORIGINS: originList,
    /** Sockets one process takes. */
    MOST_SOCKETS: z.coerce.number().int().min(1).default(20_000),
  }),
});
