import { z } from 'zod';
import { anybody, roles, rolesAndGuests, services } from '../src/access.ts';
import type { Endpoint } from '../src/endpoint.ts';
import { endpoint } from '../src/endpoint.ts';
import { conflict } from '../src/errors.ts';
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
  errors: [conflict],
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
      { name: 'Idempotency-Key', in: 'header', required: true },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: { required: ['reason'] } } } },
  });
});

test('an operation names each refusal it may give', () => {
  const operation = documentOf(change).paths['/orders/{id}/cancel']?.post ?? {};
  const { responses = {} } = operation as { responses?: Record<string, unknown> };
  expect(Object.keys(responses)).toEqual(['201', '400', '401', '403', '404', '409', '422']);
  expect(responses[409]).toMatchObject({ description: 'conflict' });
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
