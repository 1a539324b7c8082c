import type { Request } from 'express';
import { z } from 'zod';
import { anybody } from '../src/access.ts';
import { endpoint } from '../src/endpoint.ts';
import {
  bearerOf,
  keyOwner,
  matchVersion,
  parserRefusal,
  readIfMatch,
  readInput,
  readKey,
  sameSecret,
} from '../src/http/request.ts';
import type { Claims } from '../src/tokens.ts';

const run = async () => undefined;
const asked = (parts: object) => ({ params: {}, query: {}, headers: {}, ...parts }) as Request;
const declared = endpoint({
  method: 'PUT',
  path: '/things/:id',
  summary: 'x',
  access: anybody,
  params: z.object({ id: z.uuid() }),
  query: z.strictObject({ limit: z.coerce.number().max(5).optional() }),
  body: z.strictObject({ lines: z.array(z.object({ count: z.int() })) }),
  run,
});
const bare = endpoint({ method: 'POST', path: '/things', summary: 'x', access: anybody, run });
const id = '01890000-0000-7000-8000-000000000001';
const errorOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('the input of a request', () => {
  it('is parsed part by part', () => {
    const request = asked({ params: { id }, query: { limit: '3' }, body: { lines: [{ count: 1 }] } });
    expect(readInput(declared, request)).toEqual({
      params: { id },
      query: { limit: 3 },
      body: { lines: [{ count: 1 }] },
      headers: undefined,
    });
  });

  it('names every field that is not as it must be, at once', () => {
    const request = asked({ params: { id }, query: { limit: '9' }, body: { lines: [{ count: 1.5 }], more: 1 } });
    const error = errorOf(() => readInput(declared, request)) as { status: number; extra: { errors: { path: string }[] } };
    expect(error.status).toBe(422);
    expect(error.extra.errors.map(({ path }) => path)).toEqual(['query.limit', 'body.lines.0.count', 'body']);
  });

  it('names nothing when the path cannot', () => {
    expect(errorOf(() => readInput(declared, asked({ params: { id: '7' } })))).toMatchObject({ status: 404 });
  });

  it('is refused where none is taken', () => {
    expect(errorOf(() => readInput(bare, asked({ query: { a: '1' } })))).toMatchObject({ status: 422 });
    expect(errorOf(() => readInput(bare, asked({ body: { a: 1 } })))).toMatchObject({ status: 422 });
    expect(readInput(bare, asked({ body: {} }))).toMatchObject({ body: undefined });
  });

  it('is bytes where signatures are over bytes', () => {
    const body = Buffer.from('{"a":1}');
    expect(readInput({ ...bare, rawBody: true }, asked({ body })).body).toBe(body);
  });
});

describe('headers', () => {
  it('name a version in If-Match', () => {
    expect([readIfMatch('"v7"'), readIfMatch('W/"v12"'), readIfMatch('*'), readIfMatch(undefined)]).toEqual([
      7,
      12,
      undefined,
      undefined,
    ]);
    for (const bad of ['"7"', 'v7', '"v7", "v8"', '"v-1"', ''])
      expect(errorOf(() => readIfMatch(bad))).toMatchObject({ status: 412 });
  });

  it('must name the version that stands', () => {
    expect(() => matchVersion({ ifMatch: undefined }, 3)).not.toThrow();
    expect(() => matchVersion({ ifMatch: 3 }, 3)).not.toThrow();
    expect(errorOf(() => matchVersion({ ifMatch: 2 }, 3))).toMatchObject({ status: 412 });
  });

  it('carry a key of printable characters', () => {
    expect([readKey(undefined), readKey('a-1')]).toEqual([undefined, 'a-1']);
    for (const bad of ['', 'two words', 'x'.repeat(256), 'ümlaut'])
      expect(errorOf(() => readKey(bad))).toMatchObject({ status: 400 });
  });

  it('carry a bearer token', () => {
    expect([bearerOf('Bearer a.b.c'), bearerOf('bearer x')]).toEqual(['a.b.c', 'x']);
    for (const bad of [undefined, '', 'Basic x', 'Bearer', 'Bearer a b']) expect(bearerOf(bad)).toBeUndefined();
  });
});

test('secrets are the same or not, whatever their length', () => {
  expect(sameSecret('abc', 'abc')).toBe(true);
  for (const given of [undefined, '', 'ab', 'abd', 'abcd']) expect(sameSecret(given, 'abc')).toBe(false);
});

test('a key belongs to its user, its service, or the address of a stranger', () => {
  const caller = { userId: 'u1' } as Claims;
  expect(keyOwner(caller, 'gateway', '1.1.1.1')).toBe('user:u1');
  expect(keyOwner(undefined, 'gateway', '1.1.1.1')).toBe('guest:1.1.1.1');
  expect(keyOwner(undefined, undefined, undefined)).toBe('guest:');
  expect(keyOwner(undefined, 'sales', '1.1.1.1')).toBe('app:sales');
});

test('what a parser throws is a problem of the client’s, anything else is not', () => {
  const thrown = (status: unknown, type?: string) => Object.assign(new Error('x'), { status, ...(type && { type }) });
  expect([413, 415, 400].map((status) => parserRefusal(thrown(status, 'entity'))?.status)).toEqual([413, 415, 400]);
  for (const other of [thrown(400), thrown('400', 'x'), thrown(500, 'x'), new Error('x'), 'x', null])
    expect(parserRefusal(other)).toBeUndefined();
});
