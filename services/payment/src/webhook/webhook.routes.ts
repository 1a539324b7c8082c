import type { Endpoint } from '@souk/service-kit';
import { anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { webhookMalformed, webhookUnsigned } from '../errors.ts';
import { intentGateways } from '../gateways/registry.ts';
import { takeWebhook } from './webhook.actions.ts';

const answer = z.object({ received: z.literal(true) });

/** One address per gateway with intents. The bytes are checked against the signature before anything reads them. */
export const webhookEndpoints: Endpoint[] = intentGateways.map((gateway) =>
  endpoint({
    method: 'POST',
    path: `/payments/webhooks/${gateway.name}`,
    summary: `Messages of the ${gateway.name} gateway, signed by it.`,
    access: anybody,
    idempotency: 'none',
    rawBody: true,
    status: 200,
    body: z.instanceof(Buffer),
    headers: z.record(z.string(), z.unknown()),
    output: answer,
    errors: [webhookUnsigned, webhookMalformed],
    run: async ({ body, headers }, ctx) => {
      const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      await takeWebhook(ctx, gateway.name, gateway.readWebhook(ctx, { raw, headers }));
      return { received: true as const };
    },
  }),
);
