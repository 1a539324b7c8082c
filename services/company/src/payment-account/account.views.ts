import { instant } from '@souk/contracts';
import { z } from 'zod';
import type { PaymentAccount } from './account.store.ts';
import { GATEWAYS } from './account.store.ts';

/** Printable, no spaces: what goes into a header. */
const key = z.string().regex(/^[\x21-\x7e]{8,255}$/);

export const stripeKeys = z.strictObject({ secretKey: key, webhookSecret: key });
export const paypalKeys = z.strictObject({ clientId: key, clientSecret: key, webhookId: key });

export type StripeKeys = z.infer<typeof stripeKeys>;
export type PaypalKeys = z.infer<typeof paypalKeys>;

export const accountView = z.object({ gateway: z.enum(GATEWAYS), lastFour: z.string(), connectedAt: instant });

export const viewAccount = ({ gateway, lastFour, connectedAt }: PaymentAccount): z.infer<typeof accountView> => ({
  ...{ gateway, lastFour, connectedAt: connectedAt.toISOString() },
});
