import { companyCreated } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { customer, startTestService } from '@souk/testing';
import type { Visit } from '../src/index.ts';
import { anybody, defineConfig, defineService, endpoint, onEveryReplica } from '../src/index.ts';

let visits: Visit[] = [];
const taken = new Map<string, number>();

const service = defineService({
  name: 'gateway',
  purpose: 'Stands in front, to try the kit.',
  port: 8000,
  config: defineConfig({}),
  endpoints: [
    endpoint({
      method: 'GET',
      path: '/api/own',
      summary: 'Says who asks.',
      access: anybody,
      run: async (_input, ctx) => ({ app: ctx.app ?? 'nobody', ip: ctx.clientIp }),
    }),
  ],
  subscriptions: [onEveryReplica(companyCreated, async () => undefined)],
  door: () => ({
    origins: new Set(),
    trustedProxies: ['loopback'],
    limits: { ip: 5, tries: 1 },
    takeFrom: async (name, key) => {
      const account = `${name} ${key}`;
      taken.set(account, (taken.get(account) ?? 0) + 1);
      return { hits: taken.get(account) ?? 0, resetAtMs: Date.now() + 60_000 };
    },
    pack: (_request, response) => void response.setHeader('x-may-be', 'packed'),
    pass: async (visit) => {
      visits.push(visit);
      if (visit.url.startsWith('/broken')) throw new Error('planted');
      if (visit.url.startsWith('/counted')) await visit.count('tries', visit.network);
      visit.response.end('passed');
    },
  }),
});

let front: TestService;
let host = 0;
/** Each test is a client of its own. */
const from = () => ({ 'x-forwarded-for': `2001:db8:${host}::1` });

beforeAll(async () => {
  front = await startTestService(service, { env: { LOG_LEVEL: 'fatal' } });
});
afterAll(() => front.stop());
beforeEach(() => {
  visits = [];
  host += 1;
});

test('what is under /api is passed with the client that a trusted proxy names', async () => {
  const answer = await front.request('GET', '/api/v1/orders?a=1', { as: customer(), headers: from() });
  expect(answer).toMatchObject({
    status: 200,
    body: 'passed',
    headers: { 'souk-version': '1', 'x-content-type-options': 'nosniff' },
  });
  expect(visits).toMatchObject([{ url: '/orders?a=1', clientIp: `2001:db8:${host}::1`, bearer: expect.stringMatching(/^eyJ/) }]);
});

test('HSTS is told over TLS only, as a trusted proxy says', async () => {
  const hstsOf = async (protocol: string) =>
    (await front.request('GET', '/api/x', { headers: { ...from(), 'x-forwarded-proto': protocol } })).headers[
      'strict-transport-security'
    ];
  expect(await hstsOf('https, http')).toMatch(/max-age=/);
  expect(await hstsOf('http')).toBeUndefined();
});

test('an endpoint of its own hears nothing that a client says of itself', async () => {
  const headers = { ...from(), 'dapr-caller-app-id': 'sales', 'x-souk-client-ip': '9.9.9.9' };
  const { body, headers: told } = await front.request('GET', '/api/own', { headers });
  expect(body).toEqual({ app: 'nobody', ip: `2001:db8:${host}::1` });
  expect(told['x-may-be']).toBe('packed');
  expect((await front.request('POST', '/api/own', { headers: from() })).status).toBe(405);
  expect(visits).toEqual([]);
});

test('outside /api only the sidecar is answered', async () => {
  const asStranger = { headers: { 'dapr-api-token': 'wrong', 'dapr-caller-app-id': 'sales' } };
  expect((await front.request('GET', '/internal/events', asStranger)).status).toBe(404);
  expect((await front.request('GET', '/health', asStranger)).status).toBe(200);
});

test('its sidecar is told what it listens to, and delivers it; nobody else may', async () => {
  expect(await front.request('GET', '/dapr/subscribe')).toMatchObject({ status: 200, body: [{ pubsubname: 'pubsub-live' }] });
  const asStranger = { headers: { 'dapr-api-token': 'wrong' }, body: { entries: [] } };
  expect((await front.request('POST', '/events/live', asStranger)).status).toBe(404);
  expect((await front.request('POST', '/events/live', { body: { entries: [] } })).body).toEqual({ statuses: [] });
});

test('what breaks on the way is a problem that tells nothing of it', async () => {
  const answer = await front.request('GET', '/api/broken', { headers: { ...from(), 'x-request-id': 'asked-so' } });
  expect(answer).toMatchObject({
    status: 500,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'x-request-id': 'asked-so' },
    body: { code: 'internal_error', instance: '/api/broken', requestId: 'asked-so' },
  });
  expect(JSON.stringify(answer.body)).not.toContain('planted');
});

test('counts addresses by their network, and other limits when it is asked to', async () => {
  expect((await front.request('GET', '/api/counted', { headers: from() })).status).toBe(200);
  const neighbour = { 'x-forwarded-for': `2001:db8:${host}::2` };
  expect((await front.request('GET', '/api/counted', { headers: neighbour })).status).toBe(429);
  for (let count = 0; count < 3; count += 1)
    expect((await front.request('GET', '/api/x', { headers: neighbour })).status).toBe(200);
  const refused = await front.request('GET', '/api/x', { headers: neighbour });
  expect(refused).toMatchObject({ status: 429, headers: { 'content-type': expect.stringContaining('problem+json') } });
});
