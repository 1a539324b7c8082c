import type { Endpoint } from '@souk/service-kit';
import { Answer, anybody, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { directory } from './directory.ts';
import { PAGE, PAGE_POLICY } from './docs.ts';
import type { Health } from './health.ts';
import { healthBoard } from './health.ts';
import { eventReference, ownReference } from './references.ts';

const state = z.enum(['up', 'down']);
const part = z.object({ status: z.enum(['up', 'down', 'unknown']) });
const platformHealth = z.object({
  status: state,
  services: z.record(
    z.string(),
    z.object({
      status: state,
      sidecar: state,
      /** For super admins only, from here on. */
      latencyMs: z.number().optional(),
      version: z.string().optional(),
      checks: z.record(z.string(), state).optional(),
      reason: z.string().optional(),
    }),
  ),
  database: part,
  broker: part,
});

function viewOf({ services, database, broker }: Health, isDetailed: boolean): z.infer<typeof platformHealth> {
  const isUp = Object.values(services).every(({ status }) => status === 'up') && database === 'up' && broker === 'up';
  const shown = Object.entries(services).map(([name, { status, checks, ...details }]) => {
    const sidecar = checks.sidecar ?? ('down' as const);
    return [name, isDetailed ? { status, sidecar, checks, ...details } : { status, sidecar }];
  });
  return {
    status: isUp ? 'up' : 'down',
    services: Object.fromEntries(shown),
    database: { status: database },
    broker: { status: broker },
  };
}

export const platformEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/health/all',
    summary: 'Tells how all services, the database and the broker stand: 200 when all are up, 503 when not.',
    access: anybody,
    output: platformHealth,
    run: async (_input, ctx) => {
      const view = viewOf(await healthBoard.of(ctx).read(ctx.now()), ctx.caller?.role === 'super_admin');
      return new Answer(view.status === 'up' ? 200 : 503, view, { 'cache-control': 'no-store' });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'The reference of all services as one OpenAPI 3.1 document.',
    access: anybody,
    run: async (_input, ctx) => new Answer(200, directory.of(ctx).reference(ownReference(platformEndpoints))),
  }),
  endpoint({
    method: 'GET',
    path: '/api/asyncapi.json',
    summary: 'All events as one AsyncAPI 3.0 document.',
    access: anybody,
    run: async () => new Answer(200, eventReference),
  }),
  endpoint({
    method: 'GET',
    path: '/api/docs',
    summary: 'The reference as a page to try operations from.',
    access: anybody,
    run: async () =>
      new Answer(200, PAGE, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY }),
  }),
];
