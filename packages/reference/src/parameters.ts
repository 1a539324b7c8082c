import type { DescribedEndpoint, Json } from './described.ts';
import { jsonSchema } from './json-schema.ts';

const REF_TO_KEY = { $ref: '#/components/parameters/IdempotencyKey' };
const REF_TO_NEEDED_KEY = { $ref: '#/components/parameters/NeededIdempotencyKey' };
const REF_TO_VERSION = { $ref: '#/components/parameters/IfMatch' };

const key = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Makes a repeat of this request answer as the first one did, for 24 hours, and do nothing again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]{1,255}$' },
};

/** Header parameters that many operations share. */
export const sharedParameters: Record<string, Json> = {
  IdempotencyKey: { ...key, required: false },
  NeededIdempotencyKey: { ...key, required: true },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag of the version that this change is meant for: refused with 412 when another one stands.',
    schema: { type: 'string', pattern: '^(?:\\*|(?:W/)?"v\\d{1,15}")$' },
  },
};

/** Whether an answer is kept under the key that a client sends along. */
export const takesKey = ({ method, ignoresKeys }: DescribedEndpoint): boolean => method !== 'GET' && ignoresKeys !== true;

/** Whether a request may be meant for one version of a thing: such an operation declares that it refuses another one. */
const isConditional = ({ errors }: DescribedEndpoint): boolean => errors.some(({ status }) => status === 412);

/** All parameters of an operation: of its path, its query and its headers. */
export function parametersOf(endpoint: DescribedEndpoint, place: { name: string; components: Record<string, Json> }): Json[] {
  const { params, query, headers } = endpoint.schemas;
  const own = [
    ...parametersIn('path', params && jsonSchema(params, 'input', place)),
    ...parametersIn('query', query && jsonSchema(query, 'input', place)),
    ...parametersIn('header', headers && jsonSchema(headers, 'input', place)).filter(({ name }) => name !== 'idempotency-key'),
  ];
  const keys = takesKey(endpoint) ? [endpoint.idempotencyRequired ? REF_TO_NEEDED_KEY : REF_TO_KEY] : [];
  return [...own, ...keys, ...(isConditional(endpoint) ? [REF_TO_VERSION] : [])];
}

function parametersIn(place: 'path' | 'query' | 'header', schema: Json | undefined): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: each,
  }));
}
