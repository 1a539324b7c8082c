import { randomUUID } from 'node:crypto';
import type { Endpoint } from '@souk/service-kit';
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
  ];
}

/** A request by somebody permitted, in which all is as the schemas say. */
function soundRequest(endpoint: Endpoint): Case {
  const { method, schemas, rawBody } = endpoint;
  const [[, headers] = ['', {}]] = permitted(endpoint.access);
  const key: Headers = method === 'GET' || endpoint.ignoresKeys ? {} : { 'idempotency-key': 'a-key' };
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

function pathCases({ access, path, schemas }: Endpoint, sound: Case): Case[] {
  if (!schemas.params) return [];
  const withValue = (value: string) => path.replace(/:\w+/g, encodeURIComponent(value));
  const odd = [...ODD_VALUES.slice(1), '../..', '%']
    .filter(
      (value) =>
        !schemas.params?.safeParse(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map((match) => [match[1], value]))).success,
    )
    .map((value): Case => ({ ...sound, name: `the path ${value.slice(0, 20)}`, path: withValue(value), expected: NOT_FOUND }));
  const isOfOne = /\/:id(?:\/|$)/.test(path);
  const foreign = permitted(access).map(([who, headers]): Case => {
    const key: Headers =
      sound.headers['idempotency-key'] === undefined ? {} : { 'idempotency-key': `of ${who}`.replaceAll(' ', '-') };
    return {
      ...sound,
      name: `an id that names nothing, for ${who}`,
      path: pathOf({ path, schemas } as Endpoint).replaceAll(SAMPLE_ID, randomUUID()),
      headers: { ...headers, ...key },
      expected: NOT_FOUND,
    };
  });
  return [...odd, ...(isOfOne ? foreign : [])];
}

function queryCases({ schemas: { query } }: Endpoint, sound: Case): Case[] {
  const ask = (name: string, search: string, expected: Expected | undefined): Case => ({
    ...sound,
    name,
    path: `${sound.path}?${search}`,
    expected,
  });
  const unknown = ask('an unknown parameter', 'zzUnknown=1', INVALID);
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
  const keyless = Object.fromEntries(Object.entries(sound.headers).filter(([name]) => name !== 'idempotency-key'));
  return [
    ...(endpoint.rawBody
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
  if (endpoint.rawBody) return [large, send('a body that nobody signed', '{}', { status: 400 })];
  const typed = (type: string): Case => ({
    ...send(`a body of the type ${type}`, 'a=1', { status: 415, code: 'unsupported_media_type' }),
    headers: { ...sound.headers, 'content-type': type },
  });
  const { body: schema } = endpoint.schemas;
  const mutations = schema ? mutationsOf(sound.body, schema) : [{ name: 'a body where none is taken', value: { zzUnknown: 1 } }];
  return [
    large,
    ...['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'].map(typed),
    ...BROKEN.map((text) => send(`the broken body ${text}`, text, UNREADABLE)),
    ...mutations.map(({ name, value }) => send(name, JSON.stringify(value), refusalOf(value))),
    ...(schema ? [{ ...sound, name: 'no body', body: undefined, expected: INVALID }] : []),
  ];
}

/** The parser takes objects and lists only; what is neither does not reach the schema. */
function refusalOf(value: unknown): Expected {
  return typeof value === 'object' && value !== null ? INVALID : UNREADABLE;
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
