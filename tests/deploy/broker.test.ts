import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@souk/testing';
import type { Channel } from 'amqplib';
import { connect } from 'amqplib';
import { Part } from '../../scripts/system/part.ts';
import { findChartPrograms } from '../../scripts/system/parts/kubernetes.ts';
import { findRabbit, planRabbit } from '../../scripts/system/parts/rabbitmq.ts';
import { root } from '../../scripts/system/places.ts';
import { freePorts } from '../../scripts/system/ports.ts';
import { rabbitDefinitions } from '../../scripts/system/topology.ts';
import type { KubeObject } from './rendering.ts';
import { objectsIn, render } from './rendering.ts';

/** What the chart's job makes in a real broker: its own script, with what the chart hands to it. */

const START_MS = 180_000;
const ADMINISTRATOR = { name: 'administrator', password: 'a-password-of-this-run-alone' };
const QUEUE = 'order.events';
/** How long the management may take to tell of a queue what has come about. */
const STATISTICS_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'souk-broker-'));

let parts: Part[] = [];
let objects: KubeObject[];
let amqpPort: number;
let managementUrl: string;

beforeAll(async () => {
  const { helm } = await findChartPrograms(() => undefined);
  const flags = ['--set', 'services.sales.autoscaling.enabled=true,services.sales.autoscaling.queueLength=100'];
  objects = objectsIn(await render(helm, 'souk', flags));
  await startBroker();
  await defineTopology();
}, START_MS);

afterAll(async () => {
  for (const part of parts.reverse()) await part.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startBroker(): Promise<void> {
  const free = freePorts();
  const [amqp, management, distribution, epmd] = [await free(), await free(), await free(), await free()];
  const brokerMetrics = await free();
  [amqpPort, managementUrl] = [amqp, `http://127.0.0.1:${management}`];
  const definitions = rabbitDefinitions([], [{ ...ADMINISTRATOR, administrator: true }]);
  const plans = planRabbit({
    ...{ folder, ports: { amqp, management, brokerMetrics, distribution, epmd }, programs: await findRabbit(() => undefined) },
    ...{ cookie: 'broker-test', administrator: ADMINISTRATOR, definitions: { ...definitions, policies: [], exchanges: [] } },
  });
  parts = plans.map(
    (plan) =>
      new Part(plan, { logFile: join(folder, `${plan.name}.log`), pidFolder: join(folder, 'pids'), say: () => undefined }),
  );
  for (const part of parts) {
    part.start();
    await part.whenReady();
  }
}

/** As the pod of the job has it: the script beside the files it reads. */
async function defineTopology(): Promise<void> {
  const run = join(folder, 'run');
  mkdirSync(run, { recursive: true });
  const files = { ...dataOf('ConfigMap', 'souk-broker'), 'users.json': JSON.stringify(users()) };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(run, name), text);
  const env = {
    MANAGEMENT_URL: managementUrl,
    RABBITMQ_USERNAME: ADMINISTRATOR.name,
    RABBITMQ_PASSWORD: ADMINISTRATOR.password,
  };
  await promisify(execFile)(process.execPath, [join(run, 'define-broker.mjs')], { env, cwd: root });
}

function dataOf(kind: string, name: string): Record<string, string> {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name)?.data;
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

const decoded = (text = '') => Buffer.from(text, 'base64').toString();
const users = (): Record<string, string> => JSON.parse(decoded(dataOf('Secret', 'souk-broker')['users.json']));

const addressOf = (user: string) => `amqp://${user}:${users()[user]}@127.0.0.1:${amqpPort}/`;

async function withChannel<Result>(user: string, work: (channel: Channel) => Promise<Result>): Promise<Result> {
  const connection = await connect(addressOf(user));
  try {
    const channel = await connection.createChannel();
    // A refusal closes the channel; whoever asked is told of it too.
    channel.on('error', () => undefined);
    return await work(channel);
  } finally {
    await connection.close();
  }
}

/** Publishes an event; it is in its queue when the broker confirms it. */
async function publishEvent(text: string): Promise<void> {
  const connection = await connect(addressOf('payment'));
  const channel = await connection.createConfirmChannel();
  channel.publish('ecommerce_exchange', 'payment.success', Buffer.from(text));
  await channel.waitForConfirms();
  await connection.close();
}

const managed = async <Answer>(path: string): Promise<Answer> => {
  const credentials = Buffer.from(`${ADMINISTRATOR.name}:${ADMINISTRATOR.password}`).toString('base64');
  const answer = await fetch(`${managementUrl}/api/${path}`, { headers: { authorization: `Basic ${credentials}` } });
  return answer.json() as Promise<Answer>;
};

afterEach(() => withChannel('sales', (channel) => channel.purgeQueue(QUEUE)));

describe('the user that KEDA looks at queues by', () => {
  test('is told how long a queue is', async () => {
    await publishEvent('a');
    await withChannel('autoscaler', async (channel) => expect((await channel.checkQueue(QUEUE)).messageCount).toBe(1));
  });

  test.each<[string, (channel: Channel) => Promise<unknown>]>([
    ['take an event', (channel) => channel.get(QUEUE)],
    ['consume a queue', (channel) => channel.consume(QUEUE, () => undefined)],
    ['empty a queue', (channel) => channel.purgeQueue(QUEUE)],
    ['make a queue', (channel) => channel.assertQueue('mine')],
    ['hear an exchange', (channel) => channel.bindQueue(QUEUE, 'ecommerce_exchange', '#')],
  ])('may not %s', async (_what, ask) => {
    await expect(withChannel('autoscaler', ask)).rejects.toThrow('403');
  });

  test('has the address that the Secret says', () => {
    const uri = decoded(dataOf('Secret', 'souk-autoscaler')['rabbitmq-uri']);
    expect(uri).toBe(`amqp://autoscaler:${users().autoscaler}@platform-rabbitmq.shop.svc:5672/`);
  });
});

describe('a service', () => {
  test('has a user that may write its own routing keys only', async () => {
    const forged = withChannel('payment', async (channel) => {
      const closed = new Promise((_resolve, reject) => channel.once('error', reject));
      channel.publish('ecommerce_exchange', 'order.created', Buffer.from('{}'));
      await closed;
    });
    await expect(forged).rejects.toThrow('403');
  });
});

interface BrokerQueue {
  name: string;
  policy?: string;
  effective_policy_definition?: Record<string, unknown>;
}

describe('the policies of queues', () => {
  const queues = async () => new Map((await managed<BrokerQueue[]>('queues')).map((queue) => [queue.name, queue]));

  test('limit every durable queue', async () => {
    const isLimited = ({ effective_policy_definition: limits }: BrokerQueue) =>
      limits?.['max-length-bytes'] !== undefined && limits.overflow === 'reject-publish';
    await eventually(
      async () => {
        const found = [...(await queues()).values()];
        expect(found.length).toBeGreaterThan(10);
        expect(found.filter((queue) => !isLimited(queue)).map(({ name }) => name)).toEqual([]);
      },
      { withinMs: STATISTICS_MS },
    );
  });

  test('have live queues go with their replicas', async () => {
    await withChannel('sales', (channel) => channel.assertQueue('live.sales.a-replica', { durable: true }));
    const expiring = { policy: 'live-queues-expire', effective_policy_definition: { expires: 60_000 } };
    await eventually(async () => expect((await queues()).get('live.sales.a-replica')).toMatchObject(expiring), {
      withinMs: STATISTICS_MS,
    });
  });

  test('have an event set aside that comes back again and again, and a dead letter never', async () => {
    await publishEvent('an event that ends whoever takes it');
    const returned = await withChannel('sales', (channel) => returnUntilGone(channel, QUEUE));
    expect(returned).toBe(21);
    await withChannel('audit', async (channel) => {
      for (let tries = 0; tries < 50; tries += 1) expect(await returnOnce(channel, 'audit.dead-letters')).toBe(true);
      const letter = await channel.get('audit.dead-letters', { noAck: true });
      expect(letter).toMatchObject({ content: Buffer.from('an event that ends whoever takes it') });
    });
  });
});

/** Takes an event and gives it back, as the broker does for a consumer that is gone; false when there is none. */
async function returnOnce(channel: Channel, queue: string): Promise<boolean> {
  const event = await channel.get(queue);
  if (event) channel.nack(event);
  return event !== false;
}

async function returnUntilGone(channel: Channel, queue: string): Promise<number> {
  let returned = 0;
  while (await returnOnce(channel, queue)) {
    returned += 1;
    if (returned > 100) throw new Error('it comes back without end');
  }
  return returned;
}

test('a queue that stands with other arguments is made anew, and no other', async () => {
  const LIVE = 'websocket.events';
  await publishEvent('stays');
  await withChannel('websocket', async (channel) => {
    await channel.deleteQueue(LIVE);
    await channel.assertQueue(LIVE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  });
  await defineTopology();
  const { arguments: found } = await managed<{ arguments: object }>(`queues/%2F/${LIVE}`);
  expect(found).toEqual({ 'x-queue-type': 'quorum', 'x-single-active-consumer': true });
  await withChannel('sales', async (channel) => expect((await channel.checkQueue(QUEUE)).messageCount).toBe(1));
});
