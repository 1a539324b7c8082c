import { z } from 'zod';
import { refusalsOf, sharedHeaders, successesOf } from './answers.ts';
import type { Components, DescribedEndpoint, DescribedService, Json, OpenApi, Operation } from './described.ts';
import { jsonSchema } from './json-schema.ts';
import { parametersOf, sharedParameters } from './parameters.ts';
import { shareSchemas } from './shared-schemas.ts';

const text = z.string();
const problem = z.looseObject({
  ...{ type: text, title: text, status: z.int(), code: text, requestId: text },
  ...{ detail: text.optional(), instance: text.optional() },
  errors: z.array(z.looseObject({ path: text, code: text, message: text })).optional(),
});

/** The OpenAPI 3.1 document of a service's own paths, from the schemas that validate its requests. */
export function openApiOf(service: DescribedService): OpenApi {
  const components: Components = {
    schemas: {},
    responses: {},
    headers: { ...sharedHeaders },
    parameters: { ...sharedParameters },
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  };
  components.schemas.Problem = jsonSchema(problem, 'input', { name: 'Problem', components: components.schemas });
  const document: OpenApi = {
    openapi: '3.1.0',
    info: { title: `Souk ${service.name}`, version: '1', description: service.purpose },
    paths: {},
    components,
  };
  for (const endpoint of service.endpoints) {
    if (endpoint.access.kind === 'services') continue;
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    document.paths[path] = {
      ...document.paths[path],
      [endpoint.method.toLowerCase()]: operationOf(service.name, endpoint, components),
    };
  }
  shareSchemas(document, service.name);
  return document;
}

function operationOf(service: string, endpoint: DescribedEndpoint, components: Components): Operation {
  const id = operationId(endpoint);
  const place = (part: string) => ({ name: `${service}.${id}.${part}`, components: components.schemas });
  const { output } = endpoint.schemas;
  const content = output && { 'application/json': { schema: jsonSchema(output, 'output', place('answer')) } };
  return {
    operationId: id,
    tags: [service],
    summary: endpoint.summary,
    description: `For ${audienceOf(endpoint)}.`,
    ...(endpoint.access.kind === 'roles' && { security: endpoint.access.guests ? [{}, { bearer: [] }] : [{ bearer: [] }] }),
    parameters: parametersOf(endpoint, place('parameters')),
    ...bodyOf(endpoint, place('body')),
    responses: { ...successesOf(endpoint, content), ...refusalsOf(endpoint, components) },
  };
}

/** Each role with how far it reaches. */
function audienceOf({ access }: DescribedEndpoint): string {
  if (access.kind !== 'roles') return 'anybody';
  const roles = Object.entries(access.reach).map(([role, reach]) => `${role} (${reach})`);
  return [...roles, ...(access.guests ? ['guests'] : [])].join(', ');
}

function bodyOf({ schemas, rawBody }: DescribedEndpoint, place: { name: string; components: Record<string, Json> }): Json {
  if (!schemas.body && !rawBody) return {};
  // The bytes are what is signed; that they are JSON is found out once the signature has been checked.
  const schema = schemas.body && !rawBody ? jsonSchema(schemas.body, 'input', place) : { type: 'object' };
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

function operationId({ method, path }: DescribedEndpoint): string {
  const words = path
    .split('/')
    .filter(Boolean)
    .map((part) => part.replace(/^:/, 'by-').replace(/[^A-Za-z0-9-]/g, '-'));
  return [method.toLowerCase(), ...words].join('-');
}
