import { defineConfig } from '@souk/service-kit';

/** Nothing of its own: what analytics needs is what every service has. */
export const config = defineConfig({});
