import type { Endpoint } from '@souk/service-kit';
import { anybody, defineError, endpoint } from '@souk/service-kit';
import { z } from 'zod';
import { mergeReferences } from '../src/door.ts';
import { openApiOf } from '../src/openapi.ts';

const locked = defineError('auth.locked', 429, 'Locked');
const read = (path: string, errors: Endpoint['errors'] = []) =>
  endpoint({ method: 'GET', path, summary: 'x', access: anybody, output: z.object({}), errors, run: async () => ({}) });
const document = (name: string, ...endpoints: Endpoint[]) => ({
  service: name,
  document: openApiOf({ name, purpose: `Is ${name}.`, endpoints }),
});

const merged = mergeReferences({
  own: openApiOf({ name: 'gateway', purpose: 'Is the door.', endpoints: [read('/api/health')] }),
  documents: [document('shop', read('/shops'), read('/stolen')), document('auth', read('/auth/me', [locked]))],
  prefix: '/api',
  routes: (_service, path) => path !== '/stolen',
  remembers: (_method, path) => path === '/shops',
});
const responses = (path: string) => merged.paths[path]?.get?.responses ?? {};

test('paths stand as clients reach them, without those that are not routed', () => {
  expect(Object.keys(merged.paths)).toEqual(['/api/health', '/api/auth/me', '/api/shops']);
  expect(merged).toMatchObject({ tags: [{ name: 'auth', description: 'Is auth.' }, { name: 'shop' }, { name: 'gateway' }] });
});

test('the door adds what it refuses with to what services do, and its headers to every answer', () => {
  expect(Object.keys(responses('/api/auth/me'))).toEqual(['200', '400', '422', '429', '431', '502', '503', '504']);
  expect(Object.keys(responses('/api/health'))).toEqual(['200', '400', '422', '429', '431']);
  expect(responses('/api/auth/me')[429]).toEqual({ $ref: '#/components/responses/429-auth.locked-rate_limited' });
  const { headers } = merged.components.responses['429-auth.locked-rate_limited'] ?? {};
  expect(Object.keys(headers ?? {})).toEqual(['X-Request-Id', 'Souk-Version', 'RateLimit', 'RateLimit-Policy', 'Retry-After']);
  expect(Object.keys(responses('/api/auth/me')[200]?.headers ?? {})).toEqual(
    expect.arrayContaining(['RateLimit', 'Souk-Version']),
  );
});

test('what is remembered may be asked for by its ETag', () => {
  expect(responses('/api/shops')[304]?.headers).toMatchObject({ ETag: expect.anything(), 'Cache-Control': expect.anything() });
  expect(merged.paths['/api/shops']?.get?.parameters).toEqual([{ $ref: '#/components/parameters/IfNoneMatch' }]);
  expect(responses('/api/auth/me')[304]).toBeUndefined();
});

test('no component is left that nothing refers to', () => {
  expect(merged.components.responses['429-auth.locked']).toBeUndefined();
  expect(Object.keys(merged.components.parameters)).toEqual(['IfNoneMatch']);
});
