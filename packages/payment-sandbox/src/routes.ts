import { Router } from 'express';
import { z } from 'zod';
import { checkClientSecret, confirmIntent } from './authorisation.ts';
import type { CallContext } from './call.ts';
import { mutation, parseInput, pathId, read, requireBearer, send } from './call.ts';
import type { Deliveries } from './delivery.ts';
import {
  cancelInput,
  captureInput,
  confirmInput,
  intentInput,
  ledgerQuery,
  paymentMethodInput,
  referenceQuery,
  refundInput,
} from './intent.schema.ts';
import { getIntentRow, listIntents, openIntent, shownIntent } from './intent.ts';
import { cancelIntent, captureIntent, listMovements, listRefunds, refundIntent } from './movement.ts';
import { deletePaymentMethod, getPaymentMethod, savePaymentMethod } from './payment-method.ts';
import { switchesSchema } from './switches.ts';
import { countEvents, findWebhookUrl, setWebhookUrl, webhookInput } from './webhook.ts';

const noBody = z.unknown().transform(() => null);

/** Intents, captures, refunds, the ledger and saved cards. */
export function paymentRoutes(context: CallContext): Router {
  const { gateway } = context;
  const router = Router();
  const created = (body: object) => ({ status: 201, body });
  const ok = (body: object) => ({ status: 200, body });

  router.post('/intents', mutation(context, { body: intentInput, run: (input) => created(openIntent(gateway, input)) }));
  router.get(
    '/intents',
    read(context, ({ query }) => ok({ data: listIntents(gateway, parseInput(referenceQuery, query).reference) })),
  );
  router.get(
    '/intents/:id',
    read(context, (request) => ok(shownIntent(getIntentRow(gateway, pathId(request))))),
  );
  router.post(
    '/intents/:id/confirm',
    mutation(context, {
      body: confirmInput,
      clientCheck: (id, { clientSecret }) => checkClientSecret(gateway, id, clientSecret),
      run: (input, id) => confirmIntent(gateway, id, input),
    }),
  );
  router.post(
    '/intents/:id/capture',
    mutation(context, { body: captureInput, run: ({ amount }, id) => ok(captureIntent(gateway, id, amount)) }),
  );
  router.post('/intents/:id/cancel', mutation(context, { body: cancelInput, run: (_, id) => ok(cancelIntent(gateway, id)) }));
  router.post(
    '/intents/:id/refunds',
    mutation(context, { body: refundInput, run: (input, id) => created(refundIntent(gateway, id, input)) }),
  );
  router.get(
    '/intents/:id/refunds',
    read(context, (request) => ok({ data: listRefunds(gateway, pathId(request)) })),
  );
  router.get(
    '/ledger',
    read(context, ({ query }) => ok(listMovements(gateway, parseInput(ledgerQuery, query)))),
  );
  router.post(
    '/payment-methods',
    mutation(context, { body: paymentMethodInput, run: (input) => created(savePaymentMethod(gateway, input)) }),
  );
  router.get(
    '/payment-methods/:id',
    read(context, (request) => ok(getPaymentMethod(gateway, pathId(request)))),
  );
  router.delete(
    '/payment-methods/:id',
    mutation(context, {
      body: noBody,
      run: (_, id) => {
        deletePaymentMethod(gateway, id);
        return { status: 204, body: {} };
      },
    }),
  );
  return router;
}

/** The switches and the webhook address, which no switch disturbs: a test can always turn its faults off again. */
export function controlRoutes(context: CallContext, events: { deliveries: Deliveries; fallbackUrl: string | null }): Router {
  const { gateway, apiKey } = context;
  const router = Router();
  const webhook = () => ({ url: findWebhookUrl(gateway, events.fallbackUrl), events: countEvents(gateway) });

  router.use(['/switches', '/webhook'], (request, _response, next) => {
    requireBearer(request, apiKey);
    next();
  });
  router.get('/switches', (_request, response) => send(response, { status: 200, body: gateway.switches }));
  router.put('/switches', (request, response) => {
    // The one object is changed in place because everything that obeys the switches holds it.
    Object.assign(gateway.switches, parseInput(switchesSchema, request.body));
    send(response, { status: 200, body: gateway.switches });
  });
  router.get('/webhook', (_request, response) => send(response, { status: 200, body: webhook() }));
  router.put('/webhook', (request, response) => {
    setWebhookUrl(gateway, parseInput(webhookInput, request.body).url);
    events.deliveries.wake();
    send(response, { status: 200, body: webhook() });
  });
  return router;
}
