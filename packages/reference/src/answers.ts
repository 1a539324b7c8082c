import type { Components, DescribedEndpoint, Json } from './described.ts';
import { takesKey } from './parameters.ts';

const PROBLEM_CONTENT = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** Headers that answers of services carry. */
export const sharedHeaders: Record<string, Json> = {
  Location: {
    description: 'Where what was made, or how it goes on, can be read.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  ETag: { description: 'The version that was read or made, for If-Match.', schema: { type: 'string' } },
  IdempotentReplayed: {
    description: 'That this is the answer which an earlier request with the same Idempotency-Key got.',
    schema: { type: 'string', const: 'true' },
  },
  XRequestId: { description: "The request's id, as it stands in logs and events.", schema: { type: 'string' } },
};

export const headerRef = (name: string): Json => ({ $ref: `#/components/headers/${name}` });

/** What an operation answers when all is well, by status. */
export const successesOf = (endpoint: DescribedEndpoint, content: Json | undefined): Record<string, Json> =>
  Object.fromEntries(
    [endpoint.status, ...(endpoint.otherStatuses ?? [])].map((status) => [status, successOf({ ...endpoint, status }, content)]),
  );

function successOf(endpoint: DescribedEndpoint, content: Json | undefined): Json {
  const { status, method, summary } = endpoint;
  return {
    description: summary,
    headers: {
      'X-Request-Id': headerRef('XRequestId'),
      ...((status === 201 || status === 202) && { Location: headerRef('Location') }),
      ...(status === 200 && method !== 'POST' && { ETag: headerRef('ETag') }),
      ...(takesKey(endpoint) && { 'Idempotent-Replayed': headerRef('IdempotentReplayed') }),
    },
    ...(content && { content }),
  };
}

/** Every refusal that an operation may give, by status: references to `components.responses`, which are made there. */
export function refusalsOf(endpoint: DescribedEndpoint, components: Components): Record<string, Json> {
  const codes = new Map<number, Set<string>>();
  const add = (status: number, code: string) => codes.set(status, (codes.get(status) ?? new Set()).add(code));
  for (const [status, code] of commonRefusals(endpoint)) add(status, code);
  for (const { status, code } of endpoint.errors) add(status, code);
  const sorted = [...codes].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([status, named]) => [status, refusal(status, [...named].sort(), components)]));
}

/** A refusal with these codes, shared by all operations that have the same. */
export function refusal(status: number, codes: readonly string[], { responses }: Pick<Components, 'responses'>): Json {
  const name = [status, ...codes].join('-');
  responses[name] ??= {
    description: codes.join(', '),
    headers: { 'X-Request-Id': headerRef('XRequestId') },
    content: PROBLEM_CONTENT,
  };
  return { $ref: `#/components/responses/${name}` };
}

type Refusal = readonly [status: number, code: string];

/** What the kit refuses before an action runs, and what any write may run into. */
function commonRefusals(endpoint: DescribedEndpoint): Refusal[] {
  const { access, method, path, schemas } = endpoint;
  const isWrite = method !== 'GET';
  const isAboutSomething = path.includes(':') || schemas.query !== undefined || schemas.body !== undefined;
  return [
    [400, 'malformed_request'],
    // A parameter or a body that the schema does not know is refused where there is no schema, too.
    [422, 'invalid_request'],
    ...(access.kind === 'roles' ? roleRefusals(endpoint) : []),
    ...(isAboutSomething || access.kind === 'roles' ? [[404, 'not_found'] as const] : []),
    ...(isWrite ? writeRefusals(endpoint) : []),
  ];
}

function roleRefusals({ access, method, whileSuspended }: DescribedEndpoint): Refusal[] {
  const reaches = access.kind === 'roles' ? Object.values(access.reach) : [];
  const isForCompanies = reaches.some((reach) => reach === 'company' || reach === 'shops');
  return [
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    ...(method !== 'GET' && isForCompanies && whileSuspended !== true ? [[402, 'company_suspended'] as const] : []),
  ];
}

function writeRefusals(endpoint: DescribedEndpoint): Refusal[] {
  return [
    [409, 'conflict'],
    [413, 'body_too_large'],
    [415, 'unsupported_media_type'],
    [503, 'unavailable'],
    ...(takesKey(endpoint) ? [[409, 'idempotency_key_busy'] as const, [422, 'idempotency_key_reused'] as const] : []),
    ...(endpoint.idempotencyRequired ? [[400, 'idempotency_key_required'] as const] : []),
  ];
}
