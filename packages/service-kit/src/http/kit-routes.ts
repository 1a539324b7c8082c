import { openApiOf } from '@souk/reference';
import type { Application } from 'express';
import express from 'express';
import type { DeliveryRoutes } from '../deliveries.ts';
import { readinessOf } from '../health.ts';
import type { Runtime } from '../runtime.ts';

/** Deliveries of a batch of events are larger than a client's request; sidecars take 4 MiB. */
const DELIVERY_LIMIT = '4mb';

/** Routes that every service has: probes, metrics, reference, subscriptions and deliveries. */
export function kitRoutes(runtime: Runtime, deliveries: DeliveryRoutes): (app: Application) => void {
  return (app) => {
    const json = express.json({ limit: DELIVERY_LIMIT, type: () => true });
    app.get('/health', (_request, response) => {
      response.json({
        status: 'ok',
        service: runtime.service.name,
        instance: runtime.instance,
        uptimeSeconds: Math.round(process.uptime()),
      });
    });
    app.get('/ready', async (_request, response) => {
      const readiness = await readinessOf(runtime);
      response.status(readiness.status === 'ready' ? 200 : 503).json(readiness);
    });
    app.get('/metrics', async (_request, response) => {
      response.type(runtime.metrics.registry.contentType).send(await runtime.metrics.registry.metrics());
    });
    app.get('/openapi.json', (_request, response) => {
      response.json(openApiOf(runtime.service));
    });
    app.get('/dapr/subscribe', (_request, response) => {
      response.json(deliveries.subscriptions);
    });
    for (const [path, deliver] of deliveries.routes)
      app.post(path, json, async (request, response) => {
        response.json(await deliver(request.body));
      });
    if ('advance' in runtime.clock) {
      const { clock } = runtime;
      app.post('/internal/clock', json, (request, response) => {
        const ms = Number(request.body?.advanceMs);
        if ('advance' in clock && Number.isFinite(ms)) clock.advance(ms);
        response.json({ now: clock.now().toISOString() });
      });
    }
  };
}
