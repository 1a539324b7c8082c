import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually, startTestService } from '@souk/testing';
import { loadServices } from '../../scripts/docs/services.ts';
import { chanceFrom, pick, seedOf } from '../faults/chance.ts';
import { SMUGGLED } from './garbage/framings.ts';
import type { Ground } from './garbage/grounds.ts';
import { openGrounds } from './garbage/grounds.ts';
import type { Message } from './garbage/messages.ts';
import { messagesFor, upgradeOf } from './garbage/messages.ts';
import { speak, statusesIn } from './garbage/wire.ts';

/** `npm run prove -- garbage` sends more. */
const MESSAGES = Number(process.env.SOUK_GARBAGE_MESSAGES ?? 1_000);
const AT_ONCE = 150;
const BETWEEN = 50;
const MOST_GROWTH = 32 * 1024 * 1024;

const seed = seedOf(process.env);
let grounds: Ground[] = [];

beforeAll(async () => {
  process.stdout.write(`garbage: SOUK_SEED=${seed}\n`);
  grounds = await openGrounds(await loadServices());
  await eventually(async () => expect(await faultsOfGood()).toEqual([]), { withinMs: 30_000 });
}, 60_000);
afterAll(async () => {
  for (const { app } of grounds) await app.stop();
});

/** What a message came to, as far as it must not. */
async function faultOf({ name, app }: Ground, message: Message): Promise<string[]> {
  const heard = await speak(app.running.port, message);
  const said = `${name}: ${message.name.replace(/[^\x20-\x7e]/g, '.')}`;
  if (heard === undefined) return [`${said}: the connection stays open`];
  const failed = statusesIn(heard).filter((status) => status >= 500);
  return failed.length > 0 ? [`${said}: answered ${failed.join(', ')}`] : [];
}

async function faultsOfGood(): Promise<string[]> {
  const statuses = await Promise.all(grounds.map(({ answerGood }) => answerGood()));
  return grounds.flatMap(({ name }, index) =>
    statuses[index] === 200 ? [] : [`${name} answers ${statuses[index]} to what is good`],
  );
}

/** Of the requests that a service counted itself: what a client did not stay for is there, too. */
async function failuresIn({ name, app }: Ground): Promise<string[]> {
  const { body } = await app.request('GET', '/metrics');
  return [...String(body).matchAll(/^souk_http_request_duration_seconds_count\{.*status="5\d\d".*\} .*$/gm)].map(
    ([line]) => `${name}: ${line}`,
  );
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What is still referred to: the process's size also tells how much room its allocator has ever asked for. */
function liveBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`answers ${MESSAGES} messages of garbage, each with a refusal, and good requests in between`, async () => {
  const chance = chanceFrom(seed);
  const sources = grounds.map((ground) => ({ ground, next: messagesFor(ground.target, chance) }));
  const faults: string[] = [];
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let sent = 0;
  let middleBytes = 0;
  const talk = async () => {
    while (sent < MESSAGES) {
      sent += 1;
      if (sent === Math.ceil(MESSAGES / 2)) middleBytes = liveBytes();
      const { ground, next } = pick(chance, sources);
      faults.push(...(await faultOf(ground, next())));
      if (sent % BETWEEN === 0) faults.push(...(await faultsOfGood()));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, talk));
  delay.disable();
  const growth = liveBytes() - middleBytes;
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
  process.stdout.write(
    `${sent} messages of garbage; event loop p99 ${Math.round(delay.percentile(99) / 1e6)} ms; ` +
      `live memory ${megabytes(middleBytes)} MB at half, ${megabytes(growth)} MB more at the end\n`,
  );
  for (const ground of grounds) {
    expect(await ground.answerGood()).toBe(200);
    faults.push(...(await failuresIn(ground)));
    faults.push(...ground.passedOn.filter((path) => path.includes(SMUGGLED)));
  }
  expect(faults).toEqual([]);
  expect(growth).toBeLessThan(MOST_GROWTH);
}, 600_000);

test('outlives whoever asks for an upgrade and is gone before the answer', async () => {
  const service = (await loadServices()).find(({ name }) => name === 'websocket');
  if (!service) throw new Error('there is no service websocket');
  const sockets = await startTestService(service);
  try {
    for (const { port } of [...grounds.map(({ app }) => app.running), sockets.running]) {
      const gone = ['/x', '/socket.io/', '/socket.io/?EIO=4&transport=websocket'].flatMap((path) =>
        Array.from({ length: 50 }, () => speak(port, { name: 'gone', pieces: [upgradeOf(path)], hangsUp: true })),
      );
      expect(await Promise.all(gone)).not.toContain(undefined);
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    }
  } finally {
    await sockets.stop();
  }
});

test('waits for nobody who sends slowly, and lets nobody else wait for them', async () => {
  const stops = async ({ app, target: { writePath, headers }, answerGood }: Ground) => {
    const head = [`POST ${writePath} HTTP/1.1`, 'Host: x', ...headers, 'Content-Type: application/json', 'Content-Length: 100'];
    const waiting = Array.from({ length: 100 }, (_, index) => {
      const pieces = [index % 2 === 0 ? `${head.join('\r\n')}\r\n\r\n{` : head.slice(0, 3).join('\r\n')];
      return speak(app.running.port, { name: 'stops', pieces });
    });
    expect(await answerGood()).toBe(200);
    return Promise.all(waiting);
  };
  for (const ground of grounds) {
    const heard = await stops(ground);
    expect(new Set(heard.flatMap((text) => (text === undefined ? ['open'] : statusesIn(text).map(String))))).toEqual(
      new Set(['408']),
    );
  }
});
