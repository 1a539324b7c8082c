import { z } from 'zod';
import {
  ConfigError,
  commonEnvironment,
  commonSecrets,
  defineConfig,
  originList,
  parseConfig,
  processEnvironment,
} from '../src/config.ts';

const token = 'a-token-of-16-or-more';
const whole = { PORT: '8005', DAPR_API_TOKEN: token, APP_API_TOKEN: token };
const refusal = (values: object): string => {
  try {
    parseConfig(commonEnvironment, values, 'environment');
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
};

it('names every key that is missing or wrong, never a value', () => {
  const message = refusal({ PORT: 'eight', DAPR_API_TOKEN: 'tooshort', LOG_LEVEL: 'loud' });
  for (const key of ['environment', 'PORT', 'DAPR_API_TOKEN', 'APP_API_TOKEN', 'LOG_LEVEL']) expect(message).toContain(key);
  expect(message).not.toContain('tooshort');
});

it.each([
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['PORT', undefined],
  ['INSTANCE', 'with a space'],
  ['SOUK_TEST_CLOCK', 'perhaps'],
  ['SHUTDOWN_TIMEOUT_MS', '0'],
])('refuses %s = %s', (key, value) => {
  expect(refusal({ ...whole, [key]: value })).toContain(key);
});

it('fills in what may be left out', () => {
  expect(parseConfig(commonEnvironment, whole, 'environment')).toMatchObject({
    HOST: '0.0.0.0',
    PORT: 8005,
    DAPR_HTTP_PORT: 3500,
    SOUK_TEST_CLOCK: false,
    SWEEP_EVERY_MS: 15_000,
  });
});

it('needs the database among the secrets', () => {
  expect(() => parseConfig(commonSecrets, {}, 'secrets')).toThrow(/secrets .*mongodb-uri/);
});

it('gives a service its values by its own declaration', () => {
  const config = defineConfig({ environment: z.object({ A: z.string() }), secrets: z.object({ b: z.string() }) });
  const held = new Map<object, unknown>([[config, { A: 'x', b: 'y' }]]);
  expect(config.of({ value: (key) => held.get(key) })).toEqual({ A: 'x', b: 'y' });
});

it('reads this process’s environment', () => {
  expect(processEnvironment().NODE_ENV).toBe('test');
});

it.each([
  [undefined, []],
  ['', []],
  ['https://shop.example, http://localhost:3000 ,', ['https://shop.example', 'http://localhost:3000']],
  ['*', ['*']],
])('reads the list of origins %j as %j', (text, origins) => {
  expect(originList.parse(text)).toEqual(origins);
});

it.each(['https://shop.example/', 'shop.example', 'https://a.example;https://b.example/'])('refuses the origin %s', (text) => {
  expect(originList.safeParse(text).success).toBe(false);
});
