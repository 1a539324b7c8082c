// Rehearses what docs/operations.md calls drills, on a system under load: a broker without disk, a flood of dead letters, and one
// company whose documents are gone from a database. Linux only: the broker's cookie is read from its process.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deliver, workQueues } from '../faults/broker.ts';
import { seedOf } from '../faults/chance.ts';
import { countSwept } from '../faults/delivery.ts';
import { runBackup, untilOrders } from '../faults/disaster.ts';
import type { Load } from '../faults/load.ts';
import { startLoad } from '../faults/load.ts';
import { tellFaults } from '../faults/oracle/index.ts';
import { comeToRest } from '../faults/rest.ts';
import type { World } from '../faults/world.ts';
import { openWorld } from '../faults/world.ts';

const seed = seedOf(process.env);
const WATCHED_MS = 60_000;
const REST_MS = 180_000;
const LETTERS = 2_000;
const DISCARDED = 100;
const AT_ONCE = 100;
const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';
const told: string[] = [];
const say = (line: string) => {
  console.log(line);
  told.push(`- ${line}`);
};
const seconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + REST_MS; !(await holds()); await sleep(200))
    if (Date.now() > deadline) throw new Error(`${what}: not within ${REST_MS} ms`);
}

const orders = ({ reading }: World) => reading.database('sales').collection('orders');

/** How the orders that were placed since stand, by how many. */
async function tellStates(world: World, since: Date): Promise<string> {
  const counts = new Map<string, number>();
  for (const { status, cancelReason } of await orders(world)
    .find({ placedAt: { $gte: since } })
    .toArray())
    counts.set(cancelReason ?? status, (counts.get(cancelReason ?? status) ?? 0) + 1);
  return [...counts]
    .sort()
    .map(([state, count]) => `${state} ${count}`)
    .join(', ');
}

/** What becomes of the orders of a minute, and how many facts came by sweeps. */
async function watch(world: World, load: Load): Promise<string> {
  const [since, already, swept] = [new Date(), load.acknowledged.length, await countSwept(world)];
  await sleep(WATCHED_MS);
  const taken = load.acknowledged.length - already;
  return `${taken} orders taken in a minute (${await tellStates(world, since)}), ${(await countSwept(world)) - swept} facts by sweeps`;
}

async function setDiskLimit({ system }: World, limit: string): Promise<void> {
  const [, cookie = ''] = /-setcookie\0(\w+)/.exec(readFileSync(`/proc/${system.pid('rabbitmq')}/cmdline`, 'latin1')) ?? [];
  const epmd = String(system.ports.epmd);
  const env = { PATH: process.env.PATH, HOME: tmpdir(), LANG: 'C.UTF-8', ERL_EPMD_PORT: epmd, RABBITMQ_ERLANG_COOKIE: cookie };
  await promisify(execFile)(CONTROL, ['--node', 'souk@localhost', 'set_disk_free_limit', limit], { env });
}

async function rest(world: World, load: Load): Promise<boolean> {
  const startedMs = Date.now();
  const { faults, silentAfterMs } = await comeToRest(world, load.acknowledged, { sinceMs: startedMs, withinMs: REST_MS });
  say(
    silentAfterMs === undefined
      ? `the oracle: ${tellFaults(faults).join('; ')}`
      : `the oracle is silent ${seconds(startedMs)} after the load`,
  );
  return silentAfterMs !== undefined;
}

async function fillDisk(world: World): Promise<boolean> {
  const load = startLoad(world, { seed, pauseMs: 250 });
  await untilOrders(load, 30);
  say(`before: ${await watch(world, load)}`);
  await setDiskLimit(world, '10000GB');
  say(`disk alarm: ${await watch(world, load)}`);
  await setDiskLimit(world, '200MB');
  say(`alarm over: ${await watch(world, load)}`);
  await load.stop();
  return rest(world, load);
}

async function floodLetters(world: World): Promise<boolean> {
  const load = startLoad(world, { seed: seed + 1, pauseMs: 250 });
  await untilOrders(load, 10);
  const letters = world.reading.database('audit').collection('dead_letters');
  const queue = (await workQueues()).find(({ service }) => service === 'notification')?.queue ?? '';
  const startedMs = Date.now();
  for (let sent = 0; sent < LETTERS; sent += AT_ONCE)
    await deliver(world.system, { service: 'notification', queue, entries: Array.from({ length: AT_ONCE }, spoiledEntry) });
  say(`${LETTERS} events that cannot be read, refused in ${seconds(startedMs)}`);
  await until(async () => (await letters.countDocuments()) >= LETTERS, 'dead letters are kept');
  say(`all of them kept as dead letters after ${seconds(startedMs)}; meanwhile and after: ${await watch(world, load)}`);
  const { api, reading } = world;
  const discardedMs = Date.now();
  for (const { _id } of await letters.find({}, { projection: { _id: 1 }, limit: DISCARDED }).toArray())
    await api.ask('POST', `/audit/dead-letters/${_id}/discard`, { token: reading.token });
  say(`${DISCARDED} of them discarded by the API, one after another, in ${seconds(discardedMs)}`);
  await load.stop();
  // What was planted is not a fault of the platform.
  await letters.deleteMany({});
  await reading
    .database('notification')
    .collection<{ _id: string }>('seen')
    .deleteMany({ _id: /^spoiled-/ });
  return rest(world, load);
}

function spoiledEntry(): { entryId: string; event: object } {
  const id = `spoiled-${randomUUID()}`;
  const event = {
    specversion: '1.0',
    id,
    source: '/services/sales',
    type: 'order.confirmed',
    subject: id,
    time: new Date().toISOString(),
  };
  return {
    entryId: id,
    event: {
      ...event,
      dataschema: 'https://souk.dev/events/order.confirmed/1',
      datacontenttype: 'application/json',
      sequence: 1,
      position: 0,
      data: {},
    },
  };
}

async function bringBackCompany(world: World, folder: string): Promise<boolean> {
  const { companyId } = world.plenty.tenant;
  const [variant] = world.plenty.variants;
  const shown = async () => (await world.api.request('GET', `/products/${variant?.productId}`)).status;
  const { told: dumped } = await runBackup(world, ['dump', folder]);
  const { deletedCount } = await world.reading.database('ecommerce').collection('products').deleteMany({ companyId });
  const gone = await shown();
  const { told: brought, tookMs } = await runBackup(world, [
    'restore',
    dumped.replace(/^dumped to /, '').trim(),
    '--company',
    companyId,
  ]);
  const lines = brought.split('\n').filter((line) => !line.includes(': 0 brought back'));
  say(
    `${deletedCount} products of a company deleted by hand: ${gone} for one of them; restored in ${tookMs} ms: ${lines.join(' ').trim()}; ${await shown()} for it`,
  );
  const load = startLoad(world, { seed: seed + 2, pauseMs: 250 });
  await untilOrders(load, 20);
  await load.stop();
  return gone === 404 && (await shown()) === 200 && (await rest(world, load));
}

const folder = mkdtempSync(join(tmpdir(), 'souk-dumps-'));
const drills: Record<string, (world: World) => Promise<boolean>> = {
  'broker without disk': fillDisk,
  'dead letters': floodLetters,
  'one company': (world) => bringBackCompany(world, folder),
};
let isSound = true;
const wanted = process.argv.slice(2);
for (const [name, drill] of Object.entries(drills)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const world = await openWorld(6);
  try {
    told.push('', `## ${name}`, '');
    isSound = (await drill(world)) && isSound;
  } finally {
    await world.stop();
  }
}
rmSync(folder, { recursive: true });
console.log('--- report');
console.log(told.join('\n').trim());
process.exit(isSound ? 0 : 1);
