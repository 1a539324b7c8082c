import { productCreated } from '@souk/contracts';
import { envelopeFor, eventually } from '@souk/testing';
import type { Arrived } from './sidecar/echo.ts';
import type { SidecarUnderTest } from './sidecar/sidecars.ts';
import { startFake, startReal } from './sidecar/sidecars.ts';
import { CALLEE, CALLER } from './sidecar/toy-system.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1024 * 1024;

/** The same cases against both: a fake that differs makes every component test prove something about nothing. */
const sidecars: readonly [string, () => Promise<SidecarUnderTest>][] = [
  ['the fake sidecar', startFake],
  ['daprd', startReal],
];

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json(): unknown;
}

describe.each(sidecars)('%s', (_name, start) => {
  let sidecar: SidecarUnderTest;

  beforeAll(async () => {
    sidecar = await start();
  }, 110_000);
  afterAll(() => sidecar?.stop(), 60_000);

  async function ask(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<Answer> {
    const { headers, body } = options;
    const answer = await fetch(`http://127.0.0.1:${sidecar.port}${path}`, {
      method,
      headers: { 'dapr-api-token': sidecar.token, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
  }

  const invoke = (method: string, path: string, options?: Parameters<typeof ask>[2]) =>
    ask(method, `/v1.0/invoke/${CALLEE}/method${path}`, options);
  const publish = (events: object[]) =>
    ask('POST', '/v1.0-alpha1/publish/bulk/pubsub/ecommerce_exchange?metadata.rawPayload=true', {
      headers: JSON_TYPE,
      body: events.map((event, index) => ({
        entryId: String(index),
        event,
        contentType: 'application/cloudevents+json',
        metadata: { routingKey: 'product.created' },
      })),
    });
  const STATE = '/v1.0/state/statestore';
  const save = (key: string, value: unknown, etag?: string) =>
    ask('POST', STATE, {
      headers: JSON_TYPE,
      body: [{ key, value, ...(etag !== undefined && { etag }), options: { concurrency: 'first-write', consistency: 'strong' } }],
    });

  test('tells its health without a token', async () => {
    for (const path of ['/v1.0/healthz', '/v1.0/healthz/outbound'])
      expect(await ask('GET', path, { headers: { 'dapr-api-token': '' } })).toMatchObject({ status: 204, text: '' });
  });

  test('refuses everything else without the token', async () => {
    const headers = { 'dapr-api-token': 'of somebody else' };
    for (const path of ['/v1.0/secrets/secrets/bulk', `${STATE}/key`, `/v1.0/invoke/${CALLEE}/method/x`])
      expect(await ask('GET', path, { headers })).toMatchObject({
        status: 401,
        text: expect.stringContaining('invalid api token'),
      });
  });

  test('gives all secrets at once, each under its own name', async () => {
    const answer = await ask('GET', '/v1.0/secrets/secrets/bulk');
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject(
      Object.fromEntries(Object.entries(sidecar.secrets).map(([name, value]) => [name, { [name]: value }])),
    );
  });

  test('passes a call on whole, and names the caller', async () => {
    const headers = { ...JSON_TYPE, 'idempotency-key': 'a-key', authorization: 'Bearer of-a-user', 'x-request-id': 'a-request' };
    const answer = await invoke('POST', '/orders/7?lines=all&q=a%20b', { headers, body: { quantity: 2 } });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      method: 'POST',
      path: '/orders/7?lines=all&q=a%20b',
      body: '{"quantity":2}',
      headers: { ...headers, 'dapr-caller-app-id': CALLER, 'dapr-callee-app-id': CALLEE },
    });
  });

  test.each(['GET', 'PUT', 'PATCH', 'DELETE'])('passes the method %s', async (method) => {
    expect((await invoke(method, '/anything')).json()).toMatchObject({ method, path: '/anything' });
  });

  test.each(['payment', CALLER])('names the caller beside %s, when that is said already', async (said) => {
    const answer = await invoke('GET', '/who', { headers: { 'dapr-caller-app-id': said } });
    const { headers } = answer.json() as Arrived;
    // In any sequence: what matters is that the two together are no service's name.
    expect(String(headers['dapr-caller-app-id']).split(', ').sort()).toEqual([CALLER, said].sort());
  });

  test.each([201, 404, 409, 422, 500])('gives back the status %d with headers and body as they are', async (status) => {
    const answer = await invoke('GET', '/as-wished', { headers: { 'x-wished-status': String(status) } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('etag')).toBe('"v7"');
    expect(answer.headers.get('x-of-the-callee')).toBe('yes');
    expect(answer.json()).toMatchObject({ path: '/as-wished' });
  });

  test('does not send a POST again that was answered, even by 503', async () => {
    const answer = await invoke('POST', '/once', { headers: { 'x-wished-status': '503' } });
    expect(answer.status).toBe(503);
    expect((await sidecar.asked()).filter(({ path }) => path === '/once')).toHaveLength(1);
  });

  test('says 500 with a code when there is no such application', async () => {
    const answer = await ask('GET', '/v1.0/invoke/nobody/method/x');
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ errorCode: 'ERR_DIRECT_INVOKE', message: expect.stringContaining('nobody') });
  });

  test.each([
    ['a byte of a header that is not UTF-8', '/letters', { 'x-name': 'caf\u00e9' }],
    ['an escape in the path that is not UTF-8', '/letters/%ff', {}],
    ['a control character in the path', '/letters/%01', {}],
  ])('says 500 with a code for %s, which it does not carry', async (_what, path, headers) => {
    const answer = await invoke('GET', path, { headers });
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ errorCode: 'ERR_DIRECT_INVOKE' });
    expect((await sidecar.asked()).filter((asked) => asked.path.startsWith('/letters'))).toEqual([]);
  });

  test('passes a body of 3 MiB on, and fails at one of more than 4', async () => {
    const send = (bytes: number) => invoke('POST', '/large', { body: 'x'.repeat(bytes) });
    const taken = await send(3 * MIB);
    expect(taken.status).toBe(200);
    expect(taken.json()).toMatchObject({ length: 3 * MIB });
    const refused = await send(5 * MIB);
    expect(refused.status).toBe(500);
    expect(refused.json()).toMatchObject({
      errorCode: 'ERR_DIRECT_INVOKE',
      message: expect.stringContaining('stream too large'),
    });
  }, 30_000);

  test('refuses a publish of more than 4 MiB', async () => {
    const event = { ...envelopeFor(productCreated, productCreated.example), data: 'x'.repeat(5 * MIB) };
    const answer = await publish([event]);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ errorCode: 'ERR_PUBSUB_EVENTS_SER' });
  });

  test('answers 204 to a publish, and the events arrive unchanged', async () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const events = [1, 2, 3].map((version) => ({
      ...envelopeFor(productCreated, productCreated.example, { sequence: version * 1000, actorId: 'somebody' }),
      ...trace,
    }));
    expect(await publish(events)).toMatchObject({ status: 204, text: '' });
    await eventually(async () => expect(await sidecar.events()).toHaveLength(3), { withinMs: 20_000 });
    // They come in any sequence.
    expect(await sidecar.events()).toEqual(expect.arrayContaining(events));
  });

  test('has no content for a key that is not there', async () => {
    expect(await ask('GET', `${STATE}/nothing`)).toMatchObject({ status: 204, text: '' });
    expect(await ask('DELETE', `${STATE}/nothing`)).toMatchObject({ status: 204 });
  });

  test('keeps a value with an ETag that changes with it', async () => {
    expect(await save('cart', { items: [1] })).toMatchObject({ status: 204, text: '' });
    const first = await ask('GET', `${STATE}/cart?consistency=strong`);
    expect(first).toMatchObject({ status: 200 });
    expect(first.json()).toEqual({ items: [1] });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    expect(await save('cart', { items: [1, 2] }, etag)).toMatchObject({ status: 204 });
    const second = await ask('GET', `${STATE}/cart?consistency=strong`);
    expect(second.json()).toEqual({ items: [1, 2] });
    expect(second.headers.get('etag')).not.toBe(etag);
  });

  test('refuses a write that others were before: by an old ETag, and without one where a value is', async () => {
    await save('fought over', 1);
    const etag = (await ask('GET', `${STATE}/fought%20over`)).headers.get('etag') ?? '';
    await save('fought over', 2, etag);
    const refused = await save('fought over', 3, etag);
    expect(refused.status).toBe(409);
    expect(refused.json()).toMatchObject({ errorCode: 'ERR_STATE_SAVE' });
    expect((await save('fought over', 4)).status).toBe(409);
    expect((await ask('GET', `${STATE}/fought%20over`)).json()).toBe(2);
  });

  test('forgets a deleted key, so that it can be written anew', async () => {
    await save('short-lived', 'text');
    expect(await ask('DELETE', `${STATE}/short-lived`)).toMatchObject({ status: 204, text: '' });
    expect((await ask('GET', `${STATE}/short-lived`)).status).toBe(204);
    expect((await save('short-lived', 'again')).status).toBe(204);
  });

  // The last one: the broker stays away.
  test('says which entries were not published while the broker is away', async () => {
    await sidecar.stopBroker();
    const answer = await publish([envelopeFor(productCreated, productCreated.example)]);
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({
      errorCode: 'ERR_PUBSUB_PUBLISH_MESSAGE',
      failedEntries: [{ entryId: '0', error: expect.any(String) }],
    });
  }, 60_000);
});
