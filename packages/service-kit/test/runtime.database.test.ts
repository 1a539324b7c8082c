import type { TestService } from '@souk/testing';
import { FakeSidecar, startTestService } from '@souk/testing';
import { z } from 'zod';
import { ConfigError, defineConfig, defineResource } from '../src/index.ts';
import { openRuntime } from '../src/runtime.ts';
import { thingService } from './things.ts';

const steps: string[] = [];
const resource = (name: string) =>
  defineResource({
    name,
    start: (runtime) => {
      steps.push(`${name} starts`);
      return `${name} with ${config.of(runtime).COLOUR}`;
    },
    stop: (value) => void steps.push(`${value} stops`),
  });
const config = defineConfig({ environment: z.object({ COLOUR: z.string() }), secrets: z.object({ hidden: z.string() }) });
const [first, second] = [resource('first'), resource('second')];
const service = thingService({ config, resources: [first, second] });

describe('a runtime', () => {
  let running: TestService;
  beforeAll(async () => {
    running = await startTestService(service, { env: { COLOUR: 'red' }, secrets: { hidden: 'h' } });
  });

  it('holds the service’s own configuration, from environment and secrets', () => {
    expect(config.of(running.running.runtime)).toEqual({ COLOUR: 'red', hidden: 'h' });
  });

  it('starts resources in their sequence and stops them backwards, with what they opened', async () => {
    expect(first.of(running.running.runtime)).toBe('first with red');
    await running.stop();
    expect(steps).toEqual(['first starts', 'second starts', 'second with red stops', 'first with red stops']);
  });

  it('stops once, however often it is told to', async () => {
    const stopped = steps.length;
    await running.running.stop();
    expect(steps).toHaveLength(stopped);
  });

  it('does not start on a wrong environment, and names what is missing', async () => {
    await expect(openRuntime(service, { PORT: '1' })).rejects.toThrow(ConfigError);
    await expect(startTestService(service, { secrets: { hidden: 'h' } })).rejects.toThrow('COLOUR');
    await expect(startTestService(service, { env: { COLOUR: 'red' } })).rejects.toThrow('hidden');
  });

  it('does not start without its database among the secrets', async () => {
    const token = 'a-token-for-tests-only';
    const sidecar = new FakeSidecar({ token, secrets: {} });
    const port = String(await sidecar.start());
    const env = { PORT: '0', DAPR_HTTP_PORT: port, DAPR_API_TOKEN: token, APP_API_TOKEN: token, LOG_LEVEL: 'fatal' };
    await expect(openRuntime(service, env)).rejects.toThrow('mongodb-uri');
    await sidecar.stop();
  });
});
