import { request } from 'node:http';
import { seedOf } from '../faults/chance.ts';
import type { Fuzzed } from '../fuzz/run.ts';
import { FUZZ_ENV, fuzzPlatform } from '../fuzz/run.ts';
import type { Platform } from './platform.ts';
import { startPlatform } from './platform.ts';

/** Requests made from the reference, by every role, at the whole platform. In full: `npm run fuzz`. */

const seed = seedOf(process.env);
const LEAST_REQUESTS = 2_000;
const plan = { examples: 2, phases: 'fuzzing', seed };

let platform: Platform | undefined;
const fuzzed: Fuzzed[] = [];

beforeAll(async () => {
  process.stdout.write(`fuzz: SOUK_SEED=${seed}\n`);
  platform = await startPlatform(FUZZ_ENV);
  for await (const one of fuzzPlatform(platform, plan)) {
    fuzzed.push(one);
    process.stdout.write(`fuzz: ${one.role} sent ${one.requests} requests to ${one.operations} operations\n`);
  }
}, 700_000);
afterAll(() => platform?.stop(), 60_000);

test('every operation was asked by every role and by nobody', () => {
  expect(fuzzed.map(({ role }) => role).sort()).toEqual([
    'company_admin',
    'customer',
    'nobody',
    'shop_manager',
    'shop_staff',
    'super_admin',
  ]);
  expect(fuzzed.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThanOrEqual(LEAST_REQUESTS);
});

test('no answer was a server’s error, undocumented or given to nobody', () => {
  for (const { log, faults } of fuzzed) if (faults.length > 0) process.stdout.write(log);
  expect(fuzzed.flatMap(({ role, faults }) => faults.map((fault) => `${role}: ${fault}`))).toEqual([]);
});

interface Odd {
  path: string;
  headers?: Record<string, string>;
  status: number;
}

/** What a sidecar takes for a service that does not answer: ten of these would have all other requests to it refused. */
const ODD: Odd[] = [
  ...['%01', '%1f', '%7F', '%ff', '%c3%28', '%ed%a0%80', 'a#b'].map((segment) => ({
    path: `/api/shops/${segment}`,
    status: 404,
  })),
  ...['user-agent', 'accept-language', 'cookie', 'x-anything', 'tracestate'].map((name) => ({
    ...{ path: '/api/shops/near?lat=1&lng=1', headers: { [name]: 'caf\u00e9' } },
    status: 200,
  })),
  { path: '/api/shops/near?lat=1&lng=1', headers: { 'if-match': 'caf\u00e9' }, status: 412 },
];

const statusOf = ({ path, headers = {} }: Omit<Odd, 'status'>): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(platform?.system.gatewayUrl ?? '');
    const asking = request({ hostname, port, path, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    asking.once('error', reject).end();
  });

test('what sidecars do not carry is answered, and takes no service away from others', async () => {
  const statuses = await Promise.all(ODD.map(statusOf));
  expect(statuses).toEqual(ODD.map(({ status }) => status));
  expect(await statusOf({ path: '/api/shops/near?lat=1&lng=1' })).toBe(200);
});
