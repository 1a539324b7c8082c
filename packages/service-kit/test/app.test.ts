import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { z } from 'zod';
import { anybody } from '../src/access.ts';
import { endpoint } from '../src/endpoint.ts';
import { bodyParsers, byPath } from '../src/http/app.ts';

const at = (path: string, method: 'GET' | 'POST' = 'GET', more: object = {}) =>
  endpoint({ method, path, summary: 'x', access: anybody, run: async () => undefined, ...more });

test('paths without parameters come first, then those whose parameter comes latest', () => {
  const paths = byPath([
    at('/:a'),
    at('/products/:id'),
    at('/products/:id/reviews'),
    at('/products/suggest'),
    at('/products/:id', 'POST'),
  ]);
  expect(paths.map(([path]) => path).slice(0, 1)).toEqual(['/products/suggest']);
  expect(paths.at(-1)?.[0]).toBe('/:a');
  expect(paths.find(([path]) => path === '/products/:id')?.[1].map(({ method }) => method)).toEqual(['GET', 'POST']);
});

describe('a body', () => {
  /** What a route with these parsers makes of a request. */
  async function parsed(route: Parameters<typeof bodyParsers>[0], init: RequestInit): Promise<{ status: number; body: unknown }> {
    const app = express();
    app.post('/', ...bodyParsers(route), (request, response) => {
      response.json({ body: Buffer.isBuffer(request.body) ? request.body.toString() : request.body });
    });
    app.use((error: { status: number }, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(error.status).json({});
    });
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', ...init });
    const { body } = (await answer.json()) as { body: unknown };
    server.close();
    return { status: answer.status, body };
  }
  const json = at('/', 'POST', { body: z.unknown() });
  const typed = (type: string, body: string) => ({ headers: { 'content-type': type }, body });

  it('is JSON, by any of its types', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'application/merge-patch+json',
      'Application/JSON',
    ])
      expect(await parsed(json, typed(type, '{"a":1}'))).toEqual({ status: 200, body: { a: 1 } });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])('is refused as %s', async (type) => {
    expect((await parsed(json, typed(type, '{"a":1}'))).status).toBe(415);
  });

  it('is refused when it is packed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await parsed(json, { headers, body: gzipSync('{"a":1}') })).status).toBe(415);
    expect((await parsed({ ...json, rawBody: true }, { headers, body: gzipSync('{"a":1}') })).status).toBe(415);
  });

  it('may be absent, whatever its type says', async () => {
    expect(await parsed(json, { headers: { 'content-type': 'text/plain' } })).toEqual({ status: 200, body: undefined });
  });

  it('is left as it is where its bytes are signed', async () => {
    const raw = { ...json, rawBody: true };
    expect(await parsed(raw, typed('application/json', '{"a": 1}'))).toEqual({ status: 200, body: '{"a": 1}' });
  });

  it('that is broken or too large is refused', async () => {
    expect((await parsed(json, typed('application/json', '{"a":'))).status).toBe(400);
    expect((await parsed(json, typed('application/json', JSON.stringify('x'.repeat(1_100_000))))).status).toBe(413);
    expect((await parsed(json, typed('text/plain', 'x'.repeat(1_100_000)))).status).toBe(413);
  });

  it('of a GET is not read', () => {
    expect(bodyParsers(at('/'))).toEqual([]);
  });
});
