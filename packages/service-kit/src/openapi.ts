import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import type { ServiceDefinition } from './service.ts';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return rest;
};

const text = z.string();
const fields = { type: text, title: text, status: z.int(), code: text, requestId: text };
const problem = jsonSchema(
  z.looseObject(fields).extend({
    ...{ detail: text.optional(), instance: text.optional() },
    errors: z.array(z.looseObject({ path: text, code: text, message: text })).optional(),
  }),
  'input',
);

/** The OpenAPI 3.1 document of a service's own paths, from the schemas that validate its requests. */
export function openApiOf(service: Pick<ServiceDefinition, 'name' | 'purpose' | 'endpoints'>): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const endpoint of service.endpoints) {
    if (endpoint.access.kind === 'services') continue;
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(service.name, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: `Souk ${service.name}`, version: '1', description: service.purpose },
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

function operationOf(service: string, endpoint: Endpoint): object {
  const { params, query, body, output } = endpoint.schemas;
  const content = (schema: object) => ({ 'application/json': { schema } });
  return {
    operationId: operationId(endpoint),
    tags: [service],
    summary: endpoint.summary,
    ...(endpoint.access.kind === 'roles' && { security: endpoint.access.guests ? [{}, { bearer: [] }] : [{ bearer: [] }] }),
    parameters: [...parametersIn('path', params), ...parametersIn('query', query), ...keyParameter(endpoint)],
    ...(body && { requestBody: { required: true, content: content(jsonSchema(body, 'input')) } }),
    responses: {
      [endpoint.status]: { description: endpoint.summary, ...(output && { content: content(jsonSchema(output, 'output')) }) },
      ...refusals(endpoint),
    },
  };
}

function operationId({ method, path }: Endpoint): string {
  const words = path
    .split('/')
    .filter(Boolean)
    .map((part) => part.replace(/^:/, 'by-').replace(/[^A-Za-z0-9-]/g, '-'));
  return [method.toLowerCase(), ...words].join('-');
}

function parametersIn(place: 'path' | 'query', schema: z.ZodType | undefined): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: each,
  }));
}

function keyParameter({ method, idempotencyRequired, ignoresKeys }: Endpoint): object[] {
  return method === 'GET' || ignoresKeys
    ? []
    : [{ name: 'Idempotency-Key', in: 'header', required: idempotencyRequired, schema: { type: 'string', maxLength: 255 } }];
}

function refusals(endpoint: Endpoint): Record<string, object> {
  const statuses = new Map<number, string>();
  const add = (status: number, code: string) => statuses.set(status, [statuses.get(status), code].filter(Boolean).join(', '));
  if (endpoint.access.kind === 'roles') {
    add(401, 'unauthenticated');
    add(403, 'forbidden');
  }
  if (endpoint.path.includes(':')) add(404, 'not_found');
  if (endpoint.schemas.body || endpoint.schemas.query) add(422, 'invalid_request');
  if (endpoint.method !== 'GET') add(400, 'malformed_request');
  for (const { status, code } of endpoint.errors) add(status, code);
  const body = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries([...statuses].map(([status, codes]) => [status, { description: codes, content: body }]));
}
