import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /** How long a customer has to pay an order that was bought on account. */
    DEBT_TERM_DAYS: z.coerce.number().int().min(0).max(365).default(30),
  }),
});
