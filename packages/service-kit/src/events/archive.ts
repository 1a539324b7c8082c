import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import mongoose from 'mongoose';
import type { Context } from '../context.ts';
import { job } from '../jobs.ts';
import type { Db } from '../mongo/database.ts';
import type { Filter } from '../mongo/store.ts';
import { defineStore } from '../mongo/store.ts';
import type { LoggedEvent } from './log.ts';
import { eventLog } from './log.ts';

const DAY_MS = 24 * 3600_000;
const KEPT_MS = 30 * DAY_MS;
/** Small, because whoever reads one of its facts unpacks a whole segment, in the process that serves requests. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 2 * 1024 * 1024;

/** Facts that have left the log: a range of its positions, one JSON line each, compressed. */
export interface Segment {
  _id: string;
  first: number;
  last: number;
  from: Date;
  until: Date;
  count: number;
  types: string[];
  ids: string[];
  gzip: mongoose.mongo.Binary;
  /** Of the compressed bytes, in hex. */
  sha256: string;
}

export const eventSegments = defineStore<Segment>({
  name: 'event_segments',
  schema: new mongoose.Schema<Segment>({
    _id: String,
    first: { type: Number, required: true },
    last: { type: Number, required: true },
    from: { type: Date, required: true },
    until: { type: Date, required: true },
    count: { type: Number, required: true },
    types: { type: [String], required: true },
    ids: { type: [String], required: true },
    gzip: { type: mongoose.Schema.Types.Mixed, required: true },
    sha256: { type: String, required: true },
  })
    // With its time, so that sweeps, which ask for the last day of all positions, open none.
    .index({ last: 1, until: 1 })
    .index({ ids: 1 }),
  scope: {},
});

const zip = promisify(zlib.gzip);
const unzip = promisify(zlib.gunzip);
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Moves facts of more than 30 days ago from the log to segments, oldest first, as far as they have a position. */
export const archiveLog = job('archive events', DAY_MS, async (ctx) => {
  const before = new Date(ctx.now().getTime() - KEPT_MS);
  for (let events = await oldest(ctx, before); events.length > 0; events = await oldest(ctx, before)) await archive(ctx, events);
});

async function oldest(ctx: Context, before: Date): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  let bytes = 0;
  const inSequence = { sort: { position: 1 }, limit: MOST_EVENTS } as const;
  for await (const event of ctx.in(eventLog).stream({ position: { $gt: 0 } }, inSequence)) {
    bytes += Buffer.byteLength(JSON.stringify(event));
    if (event.time >= before || (found.length > 0 && bytes > MOST_BYTES)) break;
    found.push(event);
  }
  return found;
}

async function archive(ctx: Context, events: readonly LoggedEvent[]): Promise<void> {
  const bytes = await zip(events.map((event) => JSON.stringify(event)).join('\n'));
  const positions = events.map(({ position = 0 }) => position);
  const times = events.map(({ time }) => time.getTime());
  const ids = events.map(({ _id }) => _id);
  const first = Math.min(...positions);
  await ctx.transaction(async (tx) => {
    await tx.in(eventSegments).insertOne({
      _id: String(first),
      first,
      last: Math.max(...positions),
      from: new Date(Math.min(...times)),
      until: new Date(Math.max(...times)),
      count: events.length,
      types: [...new Set(events.map(({ type }) => type))],
      ids,
      gzip: new mongoose.mongo.Binary(bytes),
      sha256: digest(bytes),
    });
    const removed = await tx.in(eventLog).deleteMany({ _id: { $in: ids } });
    if (removed !== events.length) throw new Error(`${events.length - removed} facts left the log while they were archived`);
  });
}

/**
 * Facts that `wanted` accepts of the segments that `filter` finds, in the sequence of their positions, at most `limit`. Throws when a
 * segment is not as it was written.
 */
export async function readArchive(
  db: Db,
  filter: Filter,
  { wanted, limit }: { wanted: (event: LoggedEvent) => boolean; limit: number },
): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  for await (const segment of db.in(eventSegments).stream(filter, { sort: { last: 1 } })) {
    found.push(...(await unpack(segment)).filter(wanted));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

async function unpack({ _id, gzip, sha256 }: Segment): Promise<LoggedEvent[]> {
  if (digest(gzip.buffer) !== sha256) throw new Error(`segment ${_id} of the event log is damaged: its checksum differs`);
  const lines = (await unzip(gzip.buffer)).toString().split('\n');
  return lines.map((line) => {
    const event = JSON.parse(line) as LoggedEvent;
    return { ...event, time: new Date(event.time) };
  });
}
