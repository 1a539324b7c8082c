import { defineCall } from '@souk/contracts';
import { z } from 'zod';
import { anybody, services } from '../src/access.ts';
import type { Context } from '../src/context.ts';
import { Answer, accepted, created, endpoint, implement, noContent, versioned } from '../src/endpoint.ts';

const run = async () => undefined;
const declared = (method: 'GET' | 'POST' | 'DELETE', more: object = {}) =>
  endpoint({ method, path: '/things', summary: 'Things.', access: anybody, run, ...more });

test('a POST makes something unless it says otherwise, everything else answers 200', () => {
  expect(declared('POST').status).toBe(201);
  expect(declared('POST', { status: 202 }).status).toBe(202);
  expect(declared('GET').status).toBe(200);
  expect(declared('DELETE', { status: 204 }).status).toBe(204);
});

test('a key is taken where nothing is said, needed or ignored where it is', () => {
  expect(declared('POST')).toMatchObject({ idempotencyRequired: false, ignoresKeys: false });
  expect(declared('POST', { idempotency: 'required' })).toMatchObject({ idempotencyRequired: true, ignoresKeys: false });
  expect(declared('POST', { idempotency: 'none' })).toMatchObject({ idempotencyRequired: false, ignoresKeys: true });
});

test('only declared parts have a schema', () => {
  expect(declared('GET').schemas).toEqual({});
  expect(Object.keys(declared('GET', { params: z.object({}), query: z.object({}) }).schemas)).toEqual(['params', 'query']);
});

test('answers carry the status and the headers that clients of the gateway see', () => {
  expect(created({ id: 1 }, '/things/1')).toEqual(new Answer(201, { id: 1 }, { location: '/api/things/1' }));
  expect(accepted({ id: 1 }, '/things/1')).toMatchObject({ status: 202, headers: { location: '/api/things/1' } });
  expect(versioned({ id: 1 }, 7)).toMatchObject({ status: 200, headers: { etag: '"v7"' } });
  expect(noContent()).toEqual(new Answer(204, undefined));
});

test('a callee is made of the contract that its callers have', async () => {
  const call = defineCall({
    service: 'sales',
    method: 'POST',
    path: '/internal/sum',
    summary: 'Adds.',
    body: z.strictObject({ a: z.number(), b: z.number() }),
    output: z.object({ sum: z.number() }),
  });
  const sum = implement(call, services('debt'), async ({ body }) => ({ sum: body.a + body.b }));
  expect(sum).toMatchObject({
    method: 'POST',
    path: '/internal/sum',
    status: 200,
    access: { kind: 'services', callers: ['debt'] },
  });
  expect(sum.schemas).toEqual({ body: call.body, output: call.output });
  expect(await sum.run({ params: undefined, query: undefined, body: { a: 1, b: 2 }, headers: undefined }, {} as Context)).toEqual(
    {
      sum: 3,
    },
  );
});
