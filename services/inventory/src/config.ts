import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /** How long after its end a hold stays before sales is asked what became of the order. Sales' own expiry comes first. */
    HOLD_GRACE_SECONDS: z.coerce.number().int().min(0).default(600),
  }),
});
