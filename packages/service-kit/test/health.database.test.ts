import type { TestService } from '@souk/testing';
import { eventually, startTestService } from '@souk/testing';
import { readinessOf } from '../src/health.ts';
import { anybody, backgroundContext, endpoint } from '../src/index.ts';
import { thingMade, thingService } from './things.ts';

describe('readiness', () => {
  let service: TestService;
  const runtime = () => service.running.runtime;
  afterEach(() => jest.restoreAllMocks());
  beforeAll(async () => {
    service = await startTestService(
      thingService({
        endpoints: [endpoint({ method: 'GET', path: '/x', summary: 'x', access: anybody, run: async () => undefined })],
      }),
      { env: { LOG_LEVEL: 'fatal' } },
    );
  });
  afterAll(() => service.stop());

  it('is there when everything answers', async () => {
    expect(await readinessOf(runtime())).toEqual({
      status: 'ready',
      service: 'sales',
      version: 'dev',
      checks: { database: 'up', sidecar: 'up', broker: 'up', sessions: 'up' },
    });
  });

  it('ends with the database or the sidecar', async () => {
    jest.spyOn(runtime().database.driver, 'ping').mockRejectedValue(new Error('gone'));
    expect(await readinessOf(runtime())).toMatchObject({ status: 'not_ready', checks: { database: 'down', sidecar: 'up' } });
    expect((await service.request('GET', '/ready')).status).toBe(503);
    jest.restoreAllMocks();
    jest.spyOn(runtime().sidecar, 'isReady').mockResolvedValue(false);
    expect(await readinessOf(runtime())).toMatchObject({ status: 'not_ready', checks: { database: 'up', sidecar: 'down' } });
  });

  it('goes on without auth and without the broker, and says so', async () => {
    jest.spyOn(runtime().revocations, 'isFresh', 'get').mockReturnValue(false);
    service.sidecar.isBrokerDown = true;
    await backgroundContext(runtime(), 'a test').transaction(async (tx) =>
      tx.publish(thingMade, { subject: 's', version: 1, data: { name: 'x' } }),
    );
    await eventually(async () =>
      expect(await readinessOf(runtime())).toMatchObject({ status: 'ready', checks: { broker: 'down', sessions: 'down' } }),
    );
    service.sidecar.isBrokerDown = false;
    await runtime().relay.idle();
    expect((await readinessOf(runtime())).checks.broker).toBe('up');
  });
});
