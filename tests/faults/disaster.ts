import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { allEvents, SERVICES } from '@souk/contracts';
import { purgeQueues, workQueues } from './broker.ts';
import type { Load } from './load.ts';
import { startLoad } from './load.ts';
import type { Acknowledged, Fault, Snapshot } from './oracle/index.ts';
import { findFaults, readSnapshot, tellFaults } from './oracle/index.ts';
import type { OrderDoc } from './oracle/snapshot.ts';
import type { Between, Outside } from './outside.ts';
import { compareOutside, isListed } from './outside.ts';
import type { World } from './world.ts';

export interface DisasterPlan {
  seed: number;
  /** Orders before the dump begins, and after it before everything is lost. */
  ordersBefore: number;
  ordersAfter: number;
  pauseMs: number;
  /** Where the dump is written. */
  folder: string;
  say(line: string): void;
}

export interface DisasterResult {
  dump: { tookMs: number; documents: number; bytes: number; moment: string; ordersMeanwhile: number };
  restoreTookMs: number;
  /** Orders that clients were told of, and how many of them had ended before the dump began. */
  acknowledged: number;
  endedBefore: number;
  /** Orders that had ended before the dump began and are not there as they were, or that clients were told of then and are not there. */
  changed: string[];
  /** Orders that were open in the dump, by how they ended. */
  inFlight: Record<string, number>;
  /** What only those outside know by now. */
  outside: Outside;
  messagesLost: number;
  sweptAfterMs: number;
  restAfterMs: number | undefined;
  faults: Fault[];
}

const root = join(import.meta.dirname, '..', '..');
const WORK_MS = 120_000;
const REST_MS = 120_000;
const SWEEP_MS = 90_000;
const LOOK_MS = 500;

/**
 * Dumps under load, loses everything but the world outside (the payment gateway's book, what clients were told), restores, and waits
 * until every consumer has swept every producer once and the oracle has nothing to say but what only those outside can know.
 */
export async function runDisaster(world: World, plan: DisasterPlan): Promise<DisasterResult> {
  const load = startLoad(world, plan);
  let ended: Map<string, string>;
  let dumped: { folder: string; tookMs: number; ordersMeanwhile: number };
  let already: number;
  try {
    await untilOrders(load, plan.ordersBefore);
    ended = await readEnded(world);
    already = load.acknowledged.length;
    const { told, tookMs } = await runBackup(world, ['dump', plan.folder]);
    dumped = { folder: told.replace(/^dumped to /, '').trim(), tookMs, ordersMeanwhile: load.acknowledged.length - already };
    plan.say(`${told.trim()} in ${tookMs} ms, ${dumped.ordersMeanwhile} orders meanwhile`);
    await untilOrders(load, plan.ordersAfter);
    await endServices(world);
  } finally {
    await load.stop();
  }
  const messagesLost = await loseEverything(world);
  const between = { fromMs: readManifest(dumped.folder).takenAtMs, untilMs: Date.now() };
  const restored = await runBackup(world, ['restore', dumped.folder]);
  plan.say(`${restored.told.trim()} in ${restored.tookMs} ms, after ${load.acknowledged.length} orders`);
  const open = await readOpen(world);
  const startedMs = Date.now();
  await startServices(world);
  await untilSwept(world, startedMs);
  const sweptAfterMs = Date.now() - startedMs;
  plan.say(`every consumer has swept every producer ${sweptAfterMs} ms after the start`);
  const { snapshot, faults, restAfterMs, outside } = await comeToRestored(world, {
    acknowledged: load.acknowledged,
    between,
    sinceMs: startedMs,
  });
  const now = new Map(snapshot.orders.map((order) => [order._id, order]));
  const kept = await readEnded(world);
  return {
    dump: { ...dumped, ...readManifest(dumped.folder) },
    restoreTookMs: restored.tookMs,
    acknowledged: load.acknowledged.length,
    endedBefore: ended.size,
    changed: [
      ...[...ended].filter(([id, how]) => !isAsItWas(how, kept.get(id))).map(([id]) => id),
      ...load.acknowledged
        .slice(0, already)
        .filter(({ orderId }) => !now.has(orderId))
        .map(({ orderId }) => orderId),
    ],
    inFlight: countEnds(open.map((id) => now.get(id))),
    outside,
    messagesLost,
    sweptAfterMs,
    restAfterMs,
    faults,
  };
}

export async function untilOrders(load: Load, more: number): Promise<void> {
  const wanted = load.acknowledged.length + more;
  for (const deadline = Date.now() + WORK_MS; load.acknowledged.length < wanted; await sleep(50))
    if (Date.now() > deadline) throw new Error(`the load makes no orders any more: ${JSON.stringify([...load.troubles])}`);
}

const orders = ({ reading }: World) => reading.database('sales').collection<OrderDoc>('orders');

/** Every order that has ended, with what is not to change of it: what was bought, for how much, and how it ended. */
async function readEnded(world: World): Promise<Map<string, string>> {
  const found = await orders(world)
    .find({ phase: 'done', status: { $ne: 'pending' } })
    .toArray();
  return new Map(
    found.map(({ _id, companyId, status, pricing, lines }) => [_id, JSON.stringify([status, companyId, pricing, lines])]),
  );
}

/** A customer may have given a confirmed order back between this look and the dump: that is its end then. */
const isAsItWas = (before: string, after: string | undefined): boolean =>
  after !== undefined && (after === before || after === before.replace('["confirmed"', '["cancelled"'));

const readOpen = async (world: World): Promise<string[]> =>
  (
    await orders(world)
      .find({ phase: { $ne: 'done' } })
      .toArray()
  ).map(({ _id }) => _id);

function countEnds(found: readonly (OrderDoc | undefined)[]): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const order of found) {
    const end = order?.cancelReason ?? order?.status ?? 'lost';
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

/** The program as an operator calls it. */
export async function runBackup({ system }: World, args: string[]): Promise<{ told: string; tookMs: number }> {
  const startedMs = Date.now();
  const main = join(root, 'packages', 'backup', 'src', 'main.ts');
  const env = { PATH: process.env.PATH, MONGODB_URI: system.mongodbUri };
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { env, cwd: root });
  return { told: stdout, tookMs: Date.now() - startedMs };
}

interface ManifestFile {
  collections: { documents: number; bytes: number }[];
  moment: string;
  takenAt: { $date: string };
}

function readManifest(folder: string): { documents: number; bytes: number; moment: string; takenAtMs: number } {
  const { collections, moment, takenAt }: ManifestFile = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const total = (name: 'documents' | 'bytes') => collections.reduce((sum, collection) => sum + collection[name], 0);
  return { documents: total('documents'), bytes: total('bytes'), moment, takenAtMs: Date.parse(takenAt.$date) };
}

const parts = SERVICES.flatMap((name) => [name, `${name}-sidecar`]);

/** All at once and without a word, in the middle of what they do. */
const endServices = ({ system }: World) => Promise.all(parts.map((part) => system.hold(part)));
const startServices = ({ system }: World) => Promise.all(parts.map((part) => system.release(part)));

/** The databases are gone, and the broker has lost its disk. Gives how many messages were in its queues. */
async function loseEverything({ reading, system }: World): Promise<number> {
  await Promise.all(SERVICES.map((service) => reading.database(service).dropDatabase()));
  return purgeQueues(system, await workQueues());
}

/** Waits until each consumer has compared the log of each of its producers with what it knows, since the start. */
async function untilSwept({ system }: World, startedMs: number): Promise<void> {
  const due = await countSweeps();
  for (const deadline = Date.now() + SWEEP_MS; ; await sleep(LOOK_MS)) {
    const texts = await Promise.all(SERVICES.map(async (service) => (await fetch(`${system.url(service)}/metrics`)).text()));
    const times = texts.flatMap((text) => [...text.matchAll(/^souk_swept_until_timestamp_seconds\{.*\} ([\d.e+]+)/gm)]);
    if (times.length >= due && times.every(([, seconds]) => Number(seconds) * 1000 > startedMs)) return;
    if (Date.now() > deadline)
      throw new Error(`${times.length} of ${due} logs swept within ${SWEEP_MS} ms: ${times.map(([line]) => line).join('\n')}`);
  }
}

/** How many producers' logs all consumers together have to compare. */
async function countSweeps(): Promise<number> {
  const facts = allEvents.filter(({ kind }) => kind === 'fact');
  const pairs = (await workQueues()).flatMap(({ service, routingKeys }) =>
    facts
      .filter(({ type }) => routingKeys.includes('#') || routingKeys.includes(type))
      .map(({ producer }) => `${service} ${producer}`),
  );
  return new Set(pairs).size;
}

async function comeToRestored(
  world: World,
  { acknowledged, between, sinceMs }: { acknowledged: readonly Acknowledged[]; between: Between; sinceMs: number },
): Promise<{ snapshot: Snapshot; faults: Fault[]; restAfterMs: number | undefined; outside: Outside }> {
  for (const deadline = sinceMs + REST_MS; ; await sleep(LOOK_MS)) {
    const isLast = Date.now() > deadline;
    if (!isLast && (await readOpen(world)).length > 0) continue;
    const all = await readSnapshot(world.reading, acknowledged);
    const outside = compareOutside(all, between);
    const lost = new Set(outside.orders);
    const snapshot = { ...all, acknowledged: all.acknowledged.filter(({ orderId }) => !lost.has(orderId)) };
    const faults = findFaults(snapshot).filter((fault) => !isListed(fault, outside, snapshot));
    if (faults.length === 0 || isLast)
      return { snapshot, faults, outside, restAfterMs: faults.length === 0 ? Date.now() - sinceMs : undefined };
  }
}

/** Whether the run lost what it lost, and nothing that had ended: a disaster that takes nothing proves nothing. */
export const isSound = ({ endedBefore, changed, faults, outside }: DisasterResult): boolean =>
  endedBefore > 0 && changed.length === 0 && faults.length === 0 && outside.orders.length > 0;

const seconds = (ms: number | undefined): string => (ms === undefined ? 'never' : `${(ms / 1000).toFixed(1)} s`);

/** The result as lines of a report in Markdown. */
export function tellDisaster(result: DisasterResult, seed: number): string[] {
  const { dump, outside } = result;
  const heard = result.faults.length === 0 ? 'nothing to say but what is listed below' : `${result.faults.length} faults`;
  const ends = Object.entries(result.inFlight).map(([end, count]) => `${end} ${count}`);
  return [
    `- orders acknowledged: ${result.acknowledged}, seed ${seed}; ended before the dump began: ${result.endedBefore}, not there as they were: ${result.changed.length}`,
    ...result.changed.map((id) => `    ${id}`),
    `- dump under load: ${seconds(dump.tookMs)} for ${dump.documents} documents, ${(dump.bytes / 1024).toFixed(0)} KiB compressed, ${dump.ordersMeanwhile} orders meanwhile; moment kept by a ${dump.moment}`,
    `- lost: all databases, and ${result.messagesLost} messages in the queues; restored in ${seconds(result.restoreTookMs)}`,
    `- every consumer had swept every producer ${seconds(result.sweptAfterMs)} after the start; the oracle has ${heard}, ${seconds(result.restAfterMs)} after it`,
    `- in flight in the dump, and ended since: ${ends.sort().join(', ') || 'none'}`,
    ...tellFaults(result.faults).map((line) => `    ${line}`),
    '',
    '### What only those outside know',
    '',
    `Orders that clients were told of after the dump, and that are lost: ${outside.orders.length}.`,
    '',
    ...listed(outside.orders),
    `Payments that are lost, and what the gateway keeps under each: ${outside.lostPayments.length}.`,
    '',
    ...listed(outside.lostPayments.map(({ reference, kept, moved }) => `${reference} ${kept} (${moved} movements)`)),
    `Payments that are there and say otherwise than the gateway: ${outside.otherPayments.length}.`,
    '',
    ...listed(
      outside.otherPayments.map(
        ({ paymentId, orderId, ours, gateway }) => `${paymentId} of ${orderId}: ours ${ours}, gateway ${gateway}`,
      ),
    ),
  ];
}

const listed = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : [...lines.map((line) => `- ${line}`), '']);
