import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { currentTrace, nameRequest, traceCall, traceRequest, withTrace } from '../src/index.ts';
import { openRecording } from './recording.ts';

const parent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const recording = openRecording();
afterEach(() => recording.clear());
afterAll(() => recording.close());

/** Serves one request as a service does; gives the traceparent that it was worked on under. */
async function serve(request: { headers?: Record<string, string>; isDoor?: boolean; status?: number }): Promise<string> {
  let traceparent = '';
  const server = createServer((incoming, response) => {
    traceparent = traceRequest(incoming, response, request.isDoor ?? false);
    nameRequest(response, 'POST', '/orders/{id}/ship');
    response.writeHead(request.status ?? 200).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/orders/o1/ship?token=hush`;
  await (await fetch(url, { method: 'POST', ...(request.headers && { headers: request.headers }) })).text();
  await new Promise((resolve) => server.close(resolve));
  return traceparent;
}

test('a request is a span under its caller’s, named by its route, without what its query tells', async () => {
  const traceparent = await serve({ headers: { traceparent: parent } });
  const [span] = recording.spans();
  expect(span).toMatchObject({
    name: 'POST /orders/:id/ship',
    kind: 'SERVER',
    traceId: '1'.repeat(32),
    parentId: '2'.repeat(16),
  });
  expect(traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  expect(span?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/orders/:id/ship',
    'http.response.status_code': 200,
    'url.path': '/orders/o1/ship',
    'url.scheme': 'http',
  });
});

test('the door begins a trace, another service leaves what polls it alone', async () => {
  expect(await serve({})).toBe('');
  expect(recording.spans()).toEqual([]);
  expect(await serve({ isDoor: true })).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(recording.spans()).toEqual([expect.objectContaining({ parentId: '' })]);
});

test.each([
  [404, false],
  [500, true],
])('an answer %d is an error of ours: %s', async (status, isError) => {
  await serve({ headers: { traceparent: parent }, status });
  expect(recording.spans()).toEqual([expect.objectContaining({ isError })]);
});

const call = { service: 'inventory', method: 'POST', path: '/internal/reservations' };
const inTrace = <Result>(work: () => Promise<Result>) => withTrace({ requestId: 'r1', traceparent: parent }, work);

test('a call is a span under the current one, and what is called is told of it', async () => {
  const sent = await inTrace(() => traceCall(call, async (traceparent) => ({ status: 200, traceparent })));
  const [span] = recording.spans();
  expect(span).toMatchObject({ name: 'POST /internal/reservations', kind: 'CLIENT', parentId: '2'.repeat(16), isError: false });
  expect(sent.traceparent).toBe(`00-${'1'.repeat(32)}-${span?.spanId}-01`);
  expect(currentTrace()).toBeUndefined();
});

test('a call that fails is a span that failed, and says no more than how', async () => {
  const failure = Object.assign(new Error('the password was wrong'), { code: 'ECONNREFUSED' });
  await expect(inTrace(() => traceCall(call, () => Promise.reject(failure)))).rejects.toThrow(failure);
  await inTrace(() => traceCall({ service: 'bank', method: 'GET' }, async () => ({ status: 409 })));
  const [refused, conflict] = recording.spans();
  expect(refused).toMatchObject({ isError: true, attributes: { 'error.type': 'ECONNREFUSED' } });
  expect(conflict).toMatchObject({ name: 'GET', isError: true, attributes: { 'error.type': '409', 'server.address': 'bank' } });
  expect(JSON.stringify(recording.spans())).not.toContain('password');
});

test('a call of nobody’s is no span', async () => {
  const sent = await traceCall(call, async (traceparent) => ({ status: 200, traceparent }));
  expect([sent.traceparent, recording.spans()]).toEqual([undefined, []]);
});
