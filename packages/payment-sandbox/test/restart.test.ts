import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Call } from './sandbox.ts';
import { apiKey, authoriseTestIntent, caller, captureTestIntent, startReceiver, until, webhookSecret } from './sandbox.ts';

const mainFile = join(__dirname, '../src/main.ts');
const started: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payment-sandbox-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) await end(child, 'SIGKILL');
  await rm(folder, { recursive: true });
});

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** The gateway as it is deployed: a process of its own on a book in a file. */
async function startProcess(webhookUrl = '') {
  const child = spawn(process.execPath, [mainFile], {
    env: {
      PORT: '0',
      SANDBOX_API_KEY: apiKey,
      SANDBOX_WEBHOOK_SECRET: webhookSecret,
      SANDBOX_WEBHOOK_URL: webhookUrl,
      SANDBOX_DB: join(folder, 'book.db'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, call: caller(JSON.parse(line).listening) };
  }
  throw new Error('The gateway ended before it listened.');
}

async function captureUntilCut(call: Call, ids: string[], acknowledged: Set<string>) {
  for (const id of ids) {
    try {
      const { status } = await call('POST', `/v1/intents/${id}/capture`, { body: { amount: 100 }, key: `capture-${id}` });
      if (status === 200) acknowledged.add(id);
    } catch {
      return;
    }
  }
}

it('loses nothing acknowledged to kill -9, and retries with the same keys capture each intent once', async () => {
  const first = await startProcess();
  const ids = await Promise.all(Array.from({ length: 200 }, () => authoriseTestIntent(first.call, 100)));
  const acknowledged = new Set<string>();
  const load = Promise.all(
    [0, 1, 2, 3].map((n) =>
      captureUntilCut(
        first.call,
        ids.filter((_, i) => i % 4 === n),
        acknowledged,
      ),
    ),
  );
  await until('a part is captured', () => acknowledged.size >= 40);
  await end(first.child, 'SIGKILL');
  await load;
  expect(acknowledged.size).toBeLessThan(200);

  const second = await startProcess();
  const captured = async () => {
    const { data } = (await second.call('GET', '/v1/ledger?limit=1000')).body;
    return data.map((movement: { intentId: string }) => movement.intentId);
  };
  expect(await captured()).toEqual(expect.arrayContaining([...acknowledged]));
  await Promise.all(
    ids.map((id) => second.call('POST', `/v1/intents/${id}/capture`, { body: { amount: 100 }, key: `capture-${id}` })),
  );
  expect((await captured()).sort()).toEqual([...ids].sort());
}, 30_000);

it('delivers after a restart what was pending when it was killed', async () => {
  let isReady = false;
  const receiver = await startReceiver(() => (isReady ? 200 : 503));
  const first = await startProcess(receiver.url);
  await captureTestIntent(first.call);
  await until('a first attempt', () => receiver.received.length > 0);
  await end(first.child, 'SIGKILL');
  receiver.received.length = 0;
  isReady = true;

  await startProcess(receiver.url);
  const types = () => new Set(receiver.received.map(({ event }) => event.type));
  await until('both events arrive', () => types().size === 2);
  expect([...types()].sort()).toEqual(['intent.authorised', 'intent.captured']);
  await receiver.stop();
});

it('keeps an address set by call over a restart', async () => {
  const url = 'http://127.0.0.1:9/hook';
  const first = await startProcess();
  await first.call('PUT', '/v1/webhook', { body: { url } });
  await end(first.child, 'SIGTERM');
  const second = await startProcess();
  expect((await second.call('GET', '/v1/webhook')).body.url).toBe(url);
});

it('answers what has begun when it is asked to end, then exits with 0', async () => {
  const { child, call } = await startProcess();
  await call('PUT', '/v1/switches', { body: { delayMs: 300 } });
  const answer = call('POST', '/v1/intents', { body: { amount: 1, currency: 'USD', reference: 'p' } });
  await call('GET', '/v1/switches');
  await end(child, 'SIGTERM');
  expect((await answer).status).toBe(201);
  expect(child.exitCode).toBe(0);
});

it('says what is missing when it is started without its secrets', async () => {
  const child = spawn(process.execPath, [mainFile], { env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  await once(child, 'close');
  expect(child.exitCode).not.toBe(0);
  expect(errors).toContain('SANDBOX_API_KEY');
});
