import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  secrets: z.object({
    /** What ecommerce signs quotes with. */
    'quote-key': z.string().min(32),
  }),
});
