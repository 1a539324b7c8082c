import { defineCall } from '@souk/contracts';
import { withTrace } from '@souk/tracing';
import { z } from 'zod';
import { invokeThrough } from '../src/invoke.ts';
import type { SidecarAnswer, SidecarRequest } from '../src/sidecar.ts';
import { origin } from './things.ts';

const read = defineCall({
  service: 'inventory',
  method: 'GET',
  path: '/internal/stock/:sku',
  summary: 'Stock.',
  params: z.object({ sku: z.string() }),
  query: z.object({ shop: z.string().optional(), most: z.number().optional() }),
  output: z.object({ count: z.number() }),
});
const write = defineCall({
  service: 'inventory',
  method: 'POST',
  path: '/internal/stock',
  summary: 'Takes.',
  body: z.object({ count: z.number() }),
  output: z.object({ count: z.number() }),
});

/** A sidecar that answers as it is told and keeps what it was asked. */
function sidecarThat(answer: { status?: number; body?: unknown }) {
  const asked: (SidecarRequest & { app: string })[] = [];
  const { status = 200, body } = answer;
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  const invoke = async (app: string, request: SidecarRequest): Promise<SidecarAnswer> => {
    asked.push({ app, ...request });
    return { status, headers: {}, body: Buffer.from(text) };
  };
  return { asked, invoke: invokeThrough({ invoke }, 'sales') };
}
const outcome = (answer: { status?: number; body?: unknown }) =>
  sidecarThat(answer)
    .invoke(read, { params: { sku: 'a' }, query: {} })
    .catch((error) => [error.status, error.code, error.message]);

it('puts parameters into the path and the query, escaped, and leaves out what is undefined', async () => {
  const { asked, invoke } = sidecarThat({ body: { count: 3 } });
  expect(await invoke(read, { params: { sku: 'a/b ?' }, query: { shop: 's&1', most: undefined } })).toEqual({ count: 3 });
  expect(asked[0]).toMatchObject({ app: 'inventory', method: 'GET', path: '/internal/stock/a%2Fb%20%3F?shop=s%261' });
});

it('gives each write a key, the one it is told or a fresh one, and reads none', async () => {
  const { asked, invoke } = sidecarThat({ body: { count: 3 } });
  await invoke(write, { body: { count: 1 }, key: 'mine' });
  await invoke(write, { body: { count: 1 } });
  await invoke(write, { body: { count: 1 } });
  await invoke(read, { params: { sku: 'a' }, query: {} });
  const keys = asked.map(({ headers }) => headers?.['idempotency-key']);
  expect(keys[0]).toBe('mine');
  expect(keys[1]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[2]).not.toBe(keys[1]);
  expect(keys[3]).toBeUndefined();
  expect(asked[0]?.body).toBe('{"count":1}');
});

it('hands on the trace of what it is done for', async () => {
  const { asked, invoke } = sidecarThat({ body: { count: 3 } });
  await withTrace(origin, () => invoke(read, { params: { sku: 'a' }, query: {} }));
  expect(asked[0]?.headers).toMatchObject({ 'x-request-id': origin.requestId, traceparent: origin.traceparent });
});

it('says who asks when a service asks itself, because its sidecar does not', async () => {
  const { asked, invoke } = sidecarThat({ body: { count: 3 } });
  await invoke({ ...write, service: 'sales' }, { body: { count: 1 } });
  await invoke(write, { body: { count: 1 } });
  expect(asked.map(({ headers }) => headers?.['dapr-caller-app-id'])).toEqual(['sales', undefined]);
});

it('throws the callee’s refusal as it is', async () => {
  const body = { code: 'inventory.none', title: 'None', detail: 'None of a', status: 409 };
  expect(await outcome({ status: 409, body })).toEqual([409, 'inventory.none', 'None of a']);
  expect(await outcome({ status: 422, body: { code: 'x', title: 'Only a title' } })).toEqual([422, 'x', 'Only a title']);
});

it.each([
  ['a fault of the callee', { status: 500, body: { code: 'internal_error', title: 'x' } }, 503, 'unavailable'],
  ['a fault of its sidecar', { status: 500, body: { errorCode: 'ERR_DIRECT_INVOKE' } }, 503, 'unavailable'],
  ['a refusal by the sidecar', { status: 403, body: { errorCode: 'ERR_DIRECT_INVOKE' } }, 503, 'unavailable'],
  ['a page that is not there', { status: 404, body: 'Not found' }, 404, 'not_found'],
  ['something else than its contract says', { body: { count: 'three' } }, 502, 'bad_gateway'],
  ['no JSON', { body: '<html>' }, 502, 'bad_gateway'],
  ['null for a problem', { status: 400, body: 'null' }, 503, 'unavailable'],
])('takes %s for what it is', async (_name, answer, status, code) => {
  expect(await outcome(answer)).toEqual([status, code, expect.any(String)]);
});

it('takes an empty answer where nothing is promised', async () => {
  const { invoke } = sidecarThat({ status: 204, body: '' });
  await expect(invoke({ ...write, output: z.undefined() }, { body: { count: 1 } })).resolves.toBeUndefined();
});
