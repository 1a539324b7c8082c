import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLimits } from '../src/gateway/limits.ts';

const taken = new Map<string, number>();
const count = createLimits({ small: 2, large: 5 }, async (name, key) => {
  const account = `${name} ${key}`;
  taken.set(account, (taken.get(account) ?? 0) + 1);
  return { hits: taken.get(account) ?? 0, resetAtMs: Date.now() + 17_000 };
});

/** Counts a request with both limits, in a real server, and says what came of it. */
async function counted(key: string): Promise<{ status: number; headers: Headers }> {
  const server = createServer((_request, response) => {
    const both = count('large', key, response).then(() => count('small', key, response));
    void both.then(
      () => response.end(),
      ({ status }: { status: number }) => response.writeHead(status).end(),
    );
  }).listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const { status, headers } = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } });
  server.close();
  return { status, headers };
}

test('each key has a budget of its own in each limit, told by name in the headers', async () => {
  const first = await counted('ann');
  expect(first.status).toBe(200);
  expect(first.headers.get('ratelimit')).toMatch(/"large"; r=4; t=\d+, "small"; r=1; t=\d+/);
  expect(first.headers.get('ratelimit-policy')).toMatch(/^"large"; q=5; w=60; pk=:YW5u:, "small"; q=2; w=60; pk=:/);
  expect((await counted('ann')).status).toBe(200);
  const refused = await counted('ann');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('17');
  expect((await counted('bob')).status).toBe(200);
});
