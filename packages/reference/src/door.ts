import { headerRef, refusal, sharedHeaders } from './answers.ts';
import type { Components, Json, OpenApi, Operation } from './described.ts';
import { sharedParameters } from './parameters.ts';

/** A service's document as it was asked for. */
export interface ServiceDocument {
  readonly service: string;
  readonly document: Pick<OpenApi, 'info' | 'paths' | 'components'>;
}

export interface Door {
  /** The door's own paths, below `prefix` already. */
  readonly own: OpenApi;
  readonly documents: readonly ServiceDocument[];
  /** What stands before services' paths: `/api`. */
  readonly prefix: string;
  /** Whether a service's path is routed to it. */
  routes(service: string, path: string): boolean;
  /** Whether strangers are answered from the door's memory. */
  remembers(method: string, path: string): boolean;
}

const doorHeaders: Record<string, Json> = {
  SoukVersion: { description: 'The version of the API that answered.', schema: { type: 'string', const: '1' } },
  RateLimit: { description: 'What is left of each budget, and for how long (IETF draft 8).', schema: { type: 'string' } },
  RateLimitPolicy: { description: 'The budgets that this request counts against (IETF draft 8).', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds until it is worth asking again.', schema: { type: 'string', pattern: '^\\d+$' } },
  CacheControl: { description: 'May be kept, and has to be asked for again each time, by its ETag.', schema: { type: 'string' } },
};

const onEveryAnswer = {
  'Souk-Version': headerRef('SoukVersion'),
  RateLimit: headerRef('RateLimit'),
  'RateLimit-Policy': headerRef('RateLimitPolicy'),
};

const ifNoneMatch: Json = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of an earlier answer: 304 when it would be the same.',
  schema: { type: 'string' },
};

/** Refusals of the door itself, for what it hands on to a service. */
const HANDED_ON: readonly (readonly [number, readonly string[]])[] = [
  [429, ['rate_limited']],
  [502, ['bad_gateway']],
  [503, ['gateway.service_away', 'unavailable']],
  [504, ['upstream_timeout']],
];

/** One document of all services' paths as clients reach them through the door, with what the door adds to each answer. */
export function mergeReferences({ own, documents, prefix, routes, remembers }: Door): OpenApi {
  const sorted = [...documents].sort((a, b) => a.service.localeCompare(b.service));
  const components = mergedComponents([own.components, ...sorted.map(({ document }) => document.components)]);
  const paths: OpenApi['paths'] = {};
  for (const [path, operations] of Object.entries(own.paths))
    paths[path] = eachOperation(operations, (operation) => withRefusals(operation, HANDED_ON.slice(0, 1), components));
  for (const { service, document } of sorted)
    for (const [path, operations] of Object.entries(document.paths))
      if (routes(service, path))
        paths[prefix + path] = eachOperation(operations, (operation, method) => {
          const handedOn = withRefusals(operation, HANDED_ON, components);
          return remembers(method.toUpperCase(), path) ? remembered(handedOn) : handedOn;
        });
  const merged = {
    ...own,
    info: { ...own.info, title: 'Souk', license: LICENCE, contact: { name: 'Souk', url: 'https://souk.dev' } },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    tags: [
      ...sorted.map(({ service, document }) => ({ name: service, description: document.info.description })),
      { name: 'gateway', description: own.info.description },
    ],
    paths,
    components,
  };
  addDoorHeaders(merged);
  addUnreadHeads(merged);
  dropUnused(merged);
  return merged;
}

const LICENCE = { name: 'Apache 2.0', identifier: 'Apache-2.0' };

const eachOperation = (operations: Record<string, Operation>, change: (operation: Operation, method: string) => Operation) =>
  Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, change(operation, method)]));

function mergedComponents(all: readonly Components[]): Components {
  const merge = (kind: keyof Components): Record<string, Json> => Object.assign({}, ...all.map((each) => each[kind]));
  return {
    schemas: merge('schemas'),
    responses: structuredClone(merge('responses')),
    headers: { ...sharedHeaders, ...doorHeaders },
    parameters: { ...sharedParameters, IfNoneMatch: ifNoneMatch },
    securitySchemes: merge('securitySchemes'),
  };
}

/** The operation with more refusals; one of a status that it has already keeps its codes beside the new ones. */
function withRefusals(operation: Operation, added: typeof HANDED_ON, components: Components): Operation {
  const responses = { ...operation.responses };
  for (const [status, codes] of added) {
    const { $ref } = responses[status] ?? {};
    const known = typeof $ref === 'string' ? components.responses[$ref.split('/').at(-1) ?? '']?.description : undefined;
    const all = new Set([...(known === undefined ? [] : String(known).split(', ')), ...codes]);
    // An answer of the operation's own with that status stands: it says what its body is.
    if (responses[status] === undefined || known !== undefined) responses[status] = refusal(status, [...all].sort(), components);
  }
  return { ...operation, responses };
}

function remembered(operation: Operation): Operation {
  const { 200: found, ...others } = operation.responses;
  const headers = { ...(found?.headers as Json), 'Cache-Control': headerRef('CacheControl') };
  const unchanged = { description: 'It is as it was at that ETag.', headers: { ETag: headerRef('ETag'), ...headers } };
  return {
    ...operation,
    parameters: [...operation.parameters, { $ref: '#/components/parameters/IfNoneMatch' }],
    responses: { ...others, 200: { ...found, headers }, 304: unchanged },
  };
}

function addDoorHeaders({ paths, components }: OpenApi): void {
  for (const [name, response] of Object.entries(components.responses)) {
    const retry = /^(?:429|503)-/.test(name) ? { 'Retry-After': headerRef('RetryAfter') } : {};
    response.headers = { ...(response.headers as Json), ...onEveryAnswer, ...retry };
  }
  for (const operations of Object.values(paths))
    for (const operation of Object.values(operations))
      for (const [status, response] of Object.entries(operation.responses))
        if (response.$ref === undefined)
          operation.responses[status] = { ...response, headers: { ...(response.headers as Json), ...onEveryAnswer } };
}

/** What the server itself answers before anything has been read: nothing of the door stands in it. */
function addUnreadHeads({ paths, components }: OpenApi): void {
  components.responses['431-unread'] = { description: 'The address and the headers are longer than 16 KiB. Without a body.' };
  for (const operations of Object.values(paths))
    for (const operation of Object.values(operations)) operation.responses[431] = { $ref: '#/components/responses/431-unread' };
}

/** Components that nothing refers to any more, once paths have been left out and refusals have been put together. */
function dropUnused(document: OpenApi): void {
  const { securitySchemes: _, ...referred } = document.components;
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    const used = new Set([...JSON.stringify(document).matchAll(/"#\/components\/(\w+\/[^"]+)"/g)].map(([, name]) => name));
    for (const [kind, entries] of Object.entries(referred))
      for (const name of Object.keys(entries))
        if (!used.has(`${kind}/${name}`)) {
          delete entries[name];
          isChanged = true;
        }
  }
}
