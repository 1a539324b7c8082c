import { eventually } from '@souk/testing';
import type { TestRedis } from './redis.ts';
import { makeRedis } from './redis.ts';
import type { StubbedGateway } from './stub-services.ts';
import { startStubbedGateway } from './stub-services.ts';

const LIMIT = 40;

let redis: TestRedis;
let replicas: StubbedGateway[];
let client = 0;

beforeAll(async () => {
  redis = await makeRedis();
  await redis.start();
  const start = () => startStubbedGateway({ REDIS_URL: redis.url, LIMIT_PER_IP: String(LIMIT), TRUSTED_PROXIES: 'loopback' });
  replicas = [await start(), await start(), await start()];
  for (const replica of replicas) await untilShared(replica, 1);
});
afterAll(async () => {
  await Promise.all(replicas.map(({ gateway }) => gateway.stop()));
  await redis.stop();
});
beforeEach(() => {
  client += 1;
});

const ask = (index: number) =>
  replicas[index % replicas.length]?.gateway.request('GET', '/api/brands', {
    headers: { 'x-forwarded-for': `198.51.100.${client}` },
  });
/** The statuses of `count` requests of one client at once, to all replicas in turn. */
async function statuses(count: number): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
  const counted: Record<string, number> = {};
  for (const answer of answers) counted[answer?.status ?? 0] = (counted[answer?.status ?? 0] ?? 0) + 1;
  return counted;
}

/** Fails unless limits are counted in Redis (1), or by the replica (0), as it says itself. */
async function seeShared({ gateway }: StubbedGateway, value: number): Promise<void> {
  const { body } = await gateway.request('GET', '/metrics');
  expect(String(body)).toMatch(new RegExp(`souk_limits_shared\\{[^}]*\\} ${value}\\n`));
}
const untilShared = (replica: StubbedGateway, value: number) => eventually(() => seeShared(replica, value));

/** Seconds of the last minute as they stand in Redis, told from now by its clock. */
async function plant(seconds: Record<number, number>): Promise<void> {
  const [now] = (await redis.command('TIME')) as [string];
  for (const [ago, hits] of Object.entries(seconds))
    await redis.command('HSET', `souk:limit:ip:198.51.100.${client}`, String(Number(now) - Number(ago)), String(hits));
}

test('three replicas at once let in exactly the limit, together', async () => {
  expect(await statuses(3 * LIMIT)).toEqual({ 200: LIMIT, 429: 2 * LIMIT });
});

test('a client is told what is left of the budget, whichever replica answers, and when to come again', async () => {
  const left: string[] = [];
  for (let index = 0; index < 3; index += 1) left.push(String((await ask(index))?.headers.ratelimit).split(';')[1] ?? '');
  expect(left).toEqual([` r=${LIMIT - 1}`, ` r=${LIMIT - 2}`, ` r=${LIMIT - 3}`]);
  await statuses(LIMIT - 3);
  const refused = await ask(0);
  expect(refused?.status).toBe(429);
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(50);
  expect(Number(refused?.headers['retry-after'])).toBeLessThanOrEqual(61);
});

test('what was asked for in the last minute counts, what is older does not', async () => {
  await plant({ 58: LIMIT - 5, 63: 1_000 });
  expect(await statuses(10)).toEqual({ 200: 5, 429: 5 });
});

test('a Redis that has lost its memory gives nobody a second budget at the replica that let them in', async () => {
  const one = (count: number) => Promise.all(Array.from({ length: count }, () => ask(0)));
  const refusals = (answers: Awaited<ReturnType<typeof one>>) => answers.filter((answer) => answer?.status === 429).length;
  expect(refusals(await one(LIMIT))).toBe(0);
  await redis.command('FLUSHALL');
  expect(refusals(await one(5))).toBe(5);
});

test('a budget leaves nothing behind once its minute is over', async () => {
  await statuses(1);
  const [key] = (await redis.command('KEYS', `souk:limit:ip:198.51.100.${client}`)) as string[];
  const ttl = Number(await redis.command('TTL', key ?? ''));
  expect(ttl).toBeGreaterThan(60);
  expect(ttl).toBeLessThanOrEqual(62);
});

test('without Redis each replica counts for itself and says so, and together again once it is back', async () => {
  // What was counted together is known to the replica that let it in.
  expect(await statuses(LIMIT)).toEqual({ 200: LIMIT });
  await redis.stop();
  for (const replica of replicas) await untilShared(replica, 0);
  const more = await statuses(3 * LIMIT);
  expect(more).toEqual({ 200: 2 * LIMIT, 429: LIMIT });
  await redis.start();
  for (const replica of replicas) await untilShared(replica, 1);
  client += 1;
  expect(await statuses(2 * LIMIT)).toEqual({ 200: LIMIT, 429: LIMIT });
});

test('a Redis that stands still delays nobody for long, and opens no gate', async () => {
  redis.signal('SIGSTOP');
  const startedMs = performance.now();
  const counted = await statuses(6 * LIMIT);
  // Far less than for ever, on a machine of any speed.
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  expect(counted).toEqual({ 200: 3 * LIMIT, 429: 3 * LIMIT });
  for (const replica of replicas) await untilShared(replica, 0);
  redis.signal('SIGCONT');
  await eventually(
    async () => {
      for (const [index, replica] of replicas.entries()) {
        await ask(index);
        await seeShared(replica, 1);
      }
    },
    { withinMs: 20_000 },
  );
});
