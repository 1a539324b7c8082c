import type { EventContract } from '@souk/contracts';
import * as contracts from '@souk/contracts';
import { envelope } from '@souk/contracts';
import type { Endpoint, OpenApi } from '@souk/service-kit';
import { asyncApiOf, openApiOf } from '@souk/service-kit';

/** Endpoints whose answer is a document of a standard's, described there. */
const DOCUMENTS = {
  '/api/openapi.json': { 'application/json': { schema: { type: 'object' } } },
  '/api/asyncapi.json': { 'application/json': { schema: { type: 'object' } } },
  '/api/docs': { 'text/html': { schema: { type: 'string' } } },
};

/** The OpenAPI document of the gateway's own paths, which those of the services are added to. */
export function ownReference(endpoints: readonly Endpoint[]): OpenApi {
  const document = openApiOf({
    name: 'gateway',
    purpose: 'Many companies, each with shops and warehouses, sell to customers through one API.',
    endpoints,
  });
  for (const [path, content] of Object.entries(DOCUMENTS))
    Object.assign(document.paths[path]?.get?.responses[200] ?? {}, { content });
  const health = document.paths['/api/health/all']?.get?.responses;
  // Not a refusal: the same answer, with the status that load balancers go by.
  if (health) health[503] = { ...health[200], description: 'Something is down.' };
  return document;
}

/** The AsyncAPI document of all events, as JSON. */
export const eventReference = JSON.stringify(
  asyncApiOf({
    title: 'Souk',
    description:
      'What happens in Souk, as its services tell each other: CloudEvents on one topic exchange, routed by their type.',
    envelope,
    exchange: 'ecommerce_exchange',
    events: Object.values<unknown>(contracts).filter(isEvent),
  }),
);

function isEvent(value: unknown): value is EventContract {
  return typeof value === 'object' && value !== null && 'producer' in value && 'example' in value;
}
