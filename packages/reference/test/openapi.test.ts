import type { Endpoint } from '@souk/service-kit';
import { anybody, conflict, endpoint, preconditionFailed, roles, rolesAndGuests, services } from '@souk/service-kit';
import { z } from 'zod';
import { openApiOf } from '../src/openapi.ts';

const run = async () => undefined;
const documentOf = (...endpoints: Endpoint[]) => openApiOf({ name: 'sales', purpose: 'Sells.', endpoints });

const change = endpoint({
  method: 'POST',
  path: '/orders/:id/cancel',
  summary: 'Cancels an order.',
  access: roles({ customer: 'own' }),
  params: z.object({ id: z.uuid() }),
  query: z.strictObject({ dry: z.stringbool().optional(), why: z.string() }),
  body: z.strictObject({ reason: z.string() }),
  idempotency: 'required',
  errors: [conflict, preconditionFailed],
  run,
});

test('an operation has its parameters, its body and what it answers', () => {
  const operation = documentOf(change).paths['/orders/{id}/cancel']?.post;
  expect(operation).toMatchObject({
    operationId: 'post-orders-by-id-cancel',
    tags: ['sales'],
    security: [{ bearer: [] }],
    parameters: [
      { name: 'id', in: 'path', required: true },
      { name: 'dry', in: 'query', required: false },
      { name: 'why', in: 'query', required: true },
      { $ref: '#/components/parameters/NeededIdempotencyKey' },
      { $ref: '#/components/parameters/IfMatch' },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: { required: ['reason'] } } } },
  });
});

test('an operation names each refusal it may give', () => {
  const operation = documentOf(change).paths['/orders/{id}/cancel']?.post ?? {};
  const { responses = {} } = operation as { responses?: Record<string, { $ref?: string }> };
  const named = Object.values(responses).map(({ $ref }) => $ref?.replace('#/components/responses/', ''));
  expect(named).toEqual([
    undefined,
    '400-idempotency_key_required-malformed_request',
    '401-unauthenticated',
    '403-forbidden',
    '404-not_found',
    '409-conflict-idempotency_key_busy',
    '412-precondition_failed',
    '413-body_too_large',
    '415-unsupported_media_type',
    '422-idempotency_key_reused-invalid_request',
    '503-unavailable',
  ]);
  expect(documentOf(change).components.responses['404-not_found']).toMatchObject({
    description: 'not_found',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
});

test('only an operation that refuses another version takes one', () => {
  const operation = documentOf(endpoint({ method: 'DELETE', path: '/things/:id', summary: 'x', access: anybody, run })).paths[
    '/things/{id}'
  ]?.delete;
  expect(operation?.parameters).toEqual([{ $ref: '#/components/parameters/IdempotencyKey' }]);
  expect(Object.keys(operation?.responses ?? {})).not.toContain('412');
});

test('what services ask each other is not in it', () => {
  const inside = endpoint({ method: 'GET', path: '/internal/x', summary: 'x', access: services(), run });
  expect(documentOf(inside).paths).toEqual({});
});

test('methods of one path stand together, and each says who may use it', () => {
  const get = endpoint({ method: 'GET', path: '/things', summary: 'x', access: rolesAndGuests({ customer: 'own' }), run });
  const post = endpoint({ method: 'POST', path: '/things', summary: 'x', access: anybody, idempotency: 'none', run });
  const { paths } = documentOf(get, post);
  expect(paths['/things']?.get).toMatchObject({ security: [{}, { bearer: [] }], parameters: [] });
  expect(paths['/things']?.post).not.toHaveProperty('security');
  expect(paths['/things']?.post).toMatchObject({ parameters: [] });
});

test('what a suspended company may not do says so, and what it may does not', () => {
  const of = (declared: object) =>
    Object.keys(
      documentOf(
        endpoint({
          ...{ method: 'PUT', path: '/things', summary: 'x', body: z.strictObject({}), run },
          access: roles({ company_admin: 'company' }),
          ...declared,
        }),
      ).paths['/things']?.put?.responses ?? {},
    );
  expect(of({})).toContain('402');
  expect(of({ whileSuspended: true })).not.toContain('402');
  expect(of({ access: roles({ customer: 'own' }) })).not.toContain('402');
});

test('an operation that answers in more ways than one has each of them', () => {
  const { paths } = documentOf({ ...change, otherStatuses: [202] } as Endpoint);
  const responses = paths['/orders/{id}/cancel']?.post?.responses ?? {};
  expect(responses[202]?.description).toBe(responses[201]?.description);
  expect(responses[202]?.headers).toHaveProperty('Location');
});

test('what is made says where it is, and what a repeat gets', () => {
  const responses = documentOf(change).paths['/orders/{id}/cancel']?.post?.responses ?? {};
  expect(responses[201]?.headers).toEqual({
    'X-Request-Id': { $ref: '#/components/headers/XRequestId' },
    Location: { $ref: '#/components/headers/Location' },
    'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' },
  });
});

test('headers that an endpoint reads are parameters, the key only once', () => {
  const headers = z.object({ 'idempotency-key': z.string().optional(), 'x-signature': z.string() });
  const put = endpoint({ method: 'POST', path: '/things', summary: 'x', access: anybody, headers, run });
  expect(documentOf(put).paths['/things']?.post?.parameters).toEqual([
    { name: 'x-signature', in: 'header', required: true, schema: { type: 'string' } },
    { $ref: '#/components/parameters/IdempotencyKey' },
  ]);
});

test('bytes that are only signed are any object', () => {
  const hook = endpoint({
    ...{ method: 'POST', path: '/hooks', summary: 'x', access: anybody, rawBody: true, run },
    body: z.instanceof(Buffer),
  });
  expect(documentOf(hook).paths['/hooks']?.post?.requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { type: 'object' } } },
  });
});
