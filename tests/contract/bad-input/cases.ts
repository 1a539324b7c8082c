import { randomUUID } from 'node:crypto';
import type { Endpoint } from '@souk/service-kit';
import type { Mutation } from './mutations.ts';
import { mutationsOf } from './mutations.ts';
import type { Headers } from './people.ts';
import { as, forged, permitted, refusedRoles } from './people.ts';
import { SAMPLE_ID, sampleOf } from './sample.ts';

export interface Expected {
  status: number;
  code?: string;
}

export interface Case {
  name: string;
  method: string;
  path: string;
  headers: Headers;
  body?: unknown;
  /** Undefined: any answer but a fault of ours. */
  expected: Expected | undefined;
}

const UNREADABLE = { status: 400, code: 'malformed_request' };
const INVALID = { status: 422, code: 'invalid_request' };
const NOT_FOUND = { status: 404 };
const UNAUTHENTICATED = { status: 401, code: 'unauthenticated' };
const FORBIDDEN = { status: 403, code: 'forbidden' };

const SAMPLE_KEY = 'a-key';
const TOO_LARGE = `{"text":"${'x'.repeat(1_100_000)}"}`;
const BROKEN = ['{"a":', '{"a" 1}', 'not json', '{"a":"\u0000'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ODD_VALUES = ['', '-1', '1e99', 'x'.repeat(3_000), '{"$gt":""}', "'; drop--", '\u0000'];

/** All that `endpoint` must refuse, made from its declaration. */
export function casesOf(endpoint: Endpoint, siblings: readonly Endpoint[]): Case[] {
  const sound = soundRequest(endpoint);
  return [
    ...callerCases(endpoint, sound),
    ...pathCases(endpoint, sound),
    ...queryCases(endpoint, sound),
    ...headerCases(endpoint, sound),
    ...(endpoint.method === 'GET' ? [] : bodyCases(endpoint, sound)),
    ...methodCases(endpoint, { sound, siblings }),
  ].map(withOwnKey);
}

/** What is refused frees its key, but two cases at once must not share one. */
export function withOwnKey(one: Case): Case {
  return one.headers['idempotency-key'] === SAMPLE_KEY
    ? { ...one, headers: { ...one.headers, 'idempotency-key': randomUUID() } }
    : one;
}

/** Services speak to each other while they are being replaced by newer ones, so they pass over fields they do not know. */
const isInternal = ({ access }: Endpoint) => access.kind === 'services';

/** A request by somebody permitted, in which all is as the schemas say. */
export function soundRequest(endpoint: Endpoint): Case {
  const { method, schemas, rawBody } = endpoint;
  const [[, headers] = ['', {}]] = permitted(endpoint.access);
  const key: Headers = method === 'GET' || endpoint.ignoresKeys ? {} : { 'idempotency-key': SAMPLE_KEY };
  const body = schemas.body && !rawBody ? { body: sampleOf(schemas.body) } : {};
  return { name: 'sound', method, path: pathOf(endpoint), headers: { ...headers, ...key }, ...body, expected: undefined };
}

function pathOf({ path, schemas }: Endpoint): string {
  const sample = schemas.params ? sampleOf(schemas.params) : {};
  const values = new Map(Object.entries(sample as object));
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? SAMPLE_ID)));
}

function callerCases({ access }: Endpoint, sound: Case): Case[] {
  const without = Object.fromEntries(Object.entries(sound.headers).filter(([name]) => !/^(?:authorization|dapr-)/.test(name)));
  const by = (name: string, headers: Headers, expected: Expected): Case => ({
    ...sound,
    name,
    headers: { ...without, ...headers },
    expected,
  });
  if (access.kind === 'public') return [];
  if (access.kind === 'services') {
    const isNamed = (app: string) => access.callers === 'all' || access.callers.some((name) => name === app);
    return [
      by('a client past the gateway', as('super_admin'), NOT_FOUND),
      ...(access.callers !== 'all' && isNamed('gateway')
        ? []
        : [by('a client through the gateway', { 'dapr-caller-app-id': 'gateway' }, NOT_FOUND)]),
      ...(isNamed('analytics') ? [] : [by('another service', { 'dapr-caller-app-id': 'analytics' }, FORBIDDEN)]),
    ];
  }
  return [
    ...(access.guests ? [] : [by('no token', {}, UNAUTHENTICATED)]),
    ...forged.map(([name, headers]) => by(name, headers, UNAUTHENTICATED)),
    ...refusedRoles(access).map((role) => by(`the role ${role}`, as(role), FORBIDDEN)),
  ];
}

export const isList = ({ schemas: { query } }: Endpoint) =>
  query !== undefined && 'shape' in query && 'cursor' in (query.shape as object);

function keyOf({ headers: { 'idempotency-key': key } }: Case): Headers {
  return key === undefined ? {} : { 'idempotency-key': key };
}

function pathCases(endpoint: Endpoint, sound: Case): Case[] {
  const { path, schemas } = endpoint;
  if (!schemas.params) return [];
  const withValue = (value: string) => path.replace(/:\w+/g, encodeURIComponent(value));
  const odd = [...ODD_VALUES.slice(1), '../..', '%']
    .filter(
      (value) =>
        !schemas.params?.safeParse(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map((match) => [match[1], value]))).success,
    )
    .map((value): Case => ({ ...sound, name: `the path ${value.slice(0, 20)}`, path: withValue(value), expected: NOT_FOUND }));
  // A list by something that is not there is empty, and a question between services has an answer for it.
  const isOfOne = /\/:id(?:\/|$)/.test(endpoint.path) && !isInternal(endpoint) && !isList(endpoint);
  const foreign = permitted(endpoint.access).map(
    ([who, headers]): Case => ({
      ...sound,
      name: `an id that names nothing, for ${who}`,
      path: sound.path.replaceAll(SAMPLE_ID, randomUUID()),
      headers: { ...keyOf(sound), ...headers },
      expected: isOfOne ? NOT_FOUND : undefined,
    }),
  );
  return [...odd, ...(endpoint.method === 'GET' || isOfOne ? foreign : [])];
}

function queryCases(endpoint: Endpoint, sound: Case): Case[] {
  const { query } = endpoint.schemas;
  const ask = (name: string, search: string, expected: Expected | undefined): Case => ({
    ...sound,
    name,
    path: `${sound.path}?${search}`,
    expected,
  });
  const unknown = ask('an unknown parameter', 'zzUnknown=1', isInternal(endpoint) && query ? undefined : INVALID);
  if (!query || !('shape' in query)) return [unknown];
  const odd = Object.keys(query.shape as object).flatMap((name) =>
    ODD_VALUES.map((value) => {
      const isWrong = query.safeParse({ [name]: value }).error?.issues.some((issue) => issue.path[0] === name) ?? false;
      return ask(`${name}=${value.slice(0, 20)}`, `${name}=${encodeURIComponent(value)}`, isWrong ? INVALID : undefined);
    }),
  );
  const repeated = Object.keys(query.shape as object).map((name) => ask(`${name} twice`, `${name}=1&${name}=2`, INVALID));
  return [unknown, ...odd, ...repeated];
}

function headerCases(endpoint: Endpoint, sound: Case): Case[] {
  const send = (name: string, headers: Headers, expected: Expected): Case => ({
    ...sound,
    name,
    headers: { ...sound.headers, ...headers },
    expected,
  });
  // What is wrong with the rest of a request is said first.
  const takesIfMatch = !endpoint.rawBody && (endpoint.schemas.query?.safeParse({}).success ?? true);
  const keyless = Object.fromEntries(Object.entries(sound.headers).filter(([name]) => name !== 'idempotency-key'));
  return [
    ...(!takesIfMatch
      ? []
      : [send('an If-Match that we never gave', { 'if-match': '"7"' }, { status: 412, code: 'precondition_failed' })]),
    send('a key with spaces', { 'idempotency-key': 'a b' }, UNREADABLE),
    send('an endless key', { 'idempotency-key': 'k'.repeat(300) }, UNREADABLE),
    ...(endpoint.idempotencyRequired
      ? [{ ...sound, name: 'no key', headers: keyless, expected: { status: 400, code: 'idempotency_key_required' } }]
      : []),
  ];
}

function bodyCases(endpoint: Endpoint, sound: Case): Case[] {
  const send = (name: string, body: unknown, expected: Expected): Case => ({ ...sound, name, body, expected });
  const large = send('a body that is too large', TOO_LARGE, { status: 413, code: 'body_too_large' });
  if (endpoint.rawBody) return [large, send('a body that nobody signed', '{}', { status: 401 })];
  const typed = (type: string): Case => ({
    ...send(`a body of the type ${type}`, 'a=1', { status: 415, code: 'unsupported_media_type' }),
    headers: { ...sound.headers, 'content-type': type },
  });
  const { body: schema } = endpoint.schemas;
  const mutations: Mutation[] = schema
    ? mutationsOf(sound.body, schema).filter(({ kind }) => kind !== 'unknown' || !isInternal(endpoint))
    : [{ kind: 'unknown', name: 'a body where none is taken', value: { zzUnknown: 1 } }];
  return [
    large,
    ...['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'].map(typed),
    ...BROKEN.map((text) => send(`the broken body ${text}`, text, UNREADABLE)),
    ...mutations.map((mutation) => send(mutation.name, JSON.stringify(mutation.value), refusalOf(mutation))),
    ...(schema ? [{ ...sound, name: 'no body', body: undefined, expected: INVALID }] : []),
  ];
}

/** The parser takes objects and lists only; what is neither does not reach the schema. */
function refusalOf({ kind, value }: Mutation): Expected {
  if (typeof value !== 'object' || value === null) return UNREADABLE;
  // Sealed texts are as long as what is sealed in them: those are refused by their seal.
  return kind === 'endless' ? { status: INVALID.status } : INVALID;
}

function methodCases({ path }: Endpoint, { sound, siblings }: { sound: Case; siblings: readonly Endpoint[] }): Case[] {
  const [first] = siblings.filter((sibling) => sibling.path === path);
  if (first?.method !== sound.method) return [];
  const taken = siblings.filter((sibling) => sibling.path === path).map(({ method }) => method as string);
  return METHODS.filter((method) => !taken.includes(method)).map((method) => ({
    ...sound,
    name: `the method ${method}`,
    method,
    body: undefined,
    expected: { status: 405, code: 'method_not_allowed' },
  }));
}
