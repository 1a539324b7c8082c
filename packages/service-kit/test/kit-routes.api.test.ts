import { companyCreated, companyDeleted } from '@souk/contracts';
import type { TestService } from '@souk/testing';
import { envelopeFor, startTestService } from '@souk/testing';
import { anybody, endpoint, on, onEveryReplica } from '../src/index.ts';
import { thingService } from './things.ts';

const heard: string[] = [];
const service = thingService({
  endpoints: [endpoint({ method: 'GET', path: '/open', summary: 'Open.', access: anybody, run: async () => undefined })],
  subscriptions: [
    on(companyCreated, async (event) => heard.push(event.id)),
    onEveryReplica(companyDeleted, async (event) => heard.push(event.id)),
  ],
});

describe('what every service answers', () => {
  let app: TestService;
  beforeAll(async () => {
    app = await startTestService(service, { env: { INSTANCE: 'one', LOG_LEVEL: 'fatal' } });
  });
  afterAll(() => app.stop());

  it('to probes and scrapes, without a token', async () => {
    const headers = { 'dapr-api-token': '' };
    expect((await app.request('GET', '/health', { headers })).body).toMatchObject({
      status: 'ok',
      service: 'sales',
      instance: 'one',
    });
    expect((await app.request('GET', '/ready', { headers })).body).toMatchObject({ status: 'ready', checks: { database: 'up' } });
    expect((await app.request('GET', '/metrics', { headers })).body).toContain('souk_events_total');
  });

  it('to its sidecar only', async () => {
    for (const path of ['/openapi.json', '/dapr/subscribe', '/open'])
      expect((await app.request('GET', path, { headers: { 'dapr-api-token': 'wrong' } })).status).toBe(401);
    for (const path of ['/events/sales.events', '/events/live', '/internal/clock'])
      expect((await app.request('POST', path, { headers: { 'dapr-api-token': 'wrong' }, body: {} })).status).toBe(401);
  });

  it('of its paths and its subscriptions', async () => {
    expect(Object.keys((await app.request('GET', '/openapi.json')).body.paths)).toEqual(['/open']);
    expect((await app.request('GET', '/dapr/subscribe')).body).toMatchObject([
      { pubsubname: 'pubsub', routes: { default: '/events/sales.events' } },
      { pubsubname: 'pubsub-live', metadata: { queueName: 'live.sales.one', queueType: 'classic' } },
    ]);
  });

  it('to a delivery, entry by entry', async () => {
    const event = envelopeFor(companyCreated, companyCreated.example);
    const body = {
      entries: [
        { entryId: 'a', event },
        { entryId: 'b', event: 'nonsense' },
      ],
    };
    const answer = await app.request('POST', '/events/sales.events', { body });
    expect(answer.body.statuses).toEqual(
      expect.arrayContaining([
        { entryId: 'a', status: 'SUCCESS' },
        { entryId: 'b', status: 'SUCCESS' },
      ]),
    );
    const live = envelopeFor(companyDeleted, companyDeleted.example);
    await app.request('POST', '/events/live', { body: { entries: [{ entryId: 'a', event: live }] } });
    expect(heard).toEqual([event.id, live.id]);
    expect((await app.request('POST', '/events/sales.events', { body: { no: 1 } })).status).toBe(500);
  });

  it('to a test that moves its clock', async () => {
    const before = Date.parse((await app.request('POST', '/internal/clock', { body: { advanceMs: 0 } })).body.now);
    const { body } = await app.request('POST', '/internal/clock', { body: { advanceMs: 60_000 } });
    expect(Date.parse(body.now) - before).toBeGreaterThanOrEqual(60_000);
    expect((await app.request('POST', '/internal/clock', { body: { advanceMs: 'much' } })).status).toBe(200);
  });
});

test('the clock of a service that is not under test has no door', async () => {
  const app = await startTestService(service, { env: { SOUK_TEST_CLOCK: 'false' } });
  expect((await app.request('POST', '/internal/clock', { body: { advanceMs: 1 } })).status).toBe(404);
  await app.stop();
});
