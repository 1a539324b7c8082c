import { defineConfig } from '@souk/service-kit';
import { z } from 'zod';

export const config = defineConfig({
  environment: z.object({
    /**
     * The plan that every company begins on when it is added, also an archived one. Without, a company has no limits until it subscribes:
     * a platform that sells no plans limits nobody. Once a subscription has ended, the limits of its plan stay.
     */
    STARTING_PLAN_ID: z.union([z.literal(''), z.uuid()]).default(''),
    /** How long a company has to pay a bill of its subscription. */
    SUBSCRIPTION_TERM_DAYS: z.coerce.number().int().min(0).max(365).default(7),
    /** How long after that it may stay unpaid before the company may only read. */
    SUBSCRIPTION_GRACE_DAYS: z.coerce.number().int().min(0).max(365).default(14),
    /** Where the keys of companies' own accounts are tried. */
    STRIPE_URL: z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
    PAYPAL_URL: z.url({ protocol: /^https?$/ }).default('https://api-m.paypal.com'),
    GATEWAY_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  }),
  secrets: z.object({
    /** Encrypts the keys of companies' payment accounts; with another one they have to be given again. */
    'company-sealing-key': z.string().min(43),
  }),
});
