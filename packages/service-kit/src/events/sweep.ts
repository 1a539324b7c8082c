import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContract, Envelope, ServiceName } from '@souk/contracts';
import type { Invoke } from '../context.ts';
import { underLease } from '../jobs.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Database } from '../mongo/database.ts';
import { system } from '../mongo/scope.ts';
import type { Subscription } from '../subscription.ts';
import { seenEvents } from './inbox.ts';
import type { List } from './sweep.calls.ts';
import { digestBody, digestOutput, fetchBody, fetchOutput, listBody, listOutput } from './sweep.calls.ts';
import { subscriptionStarts, sweepCursors } from './sweep.store.ts';

const CHUNK = 500;
/** Fetched at most this fast, so that a sweep after an outage does not push the living traffic aside. */
const MOST_PER_SECOND = 200;
const DAY_EVERY_MS = 10 * 60_000;
const DAY_MS = 24 * 3600_000;
const bookkeeping = system('the sweep');

type Types = List['types'];

type LogCall<Body, Output> = CallContract<undefined, undefined, Body, Output>;

/** The same questions go to every producer. */
export const logCall =
  <Body, Output>(name: string, shape: Required<Pick<LogCall<Body, Output>, 'body' | 'output'>>) =>
  (service: ServiceName): LogCall<Body, Output> => ({
    service,
    method: 'POST',
    path: `/internal/events/${name}`,
    summary: name,
    ...shape,
  });

export const digestOf = logCall('digest', { body: digestBody, output: digestOutput });
export const listOf = logCall('list', { body: listBody, output: listOutput });
export const fetchFrom = logCall('fetch', { body: fetchBody, output: fetchOutput });

export interface SweepParts {
  service: ServiceName;
  subscriptions: readonly Subscription[];
  database: Database;
  invoke: Invoke;
  apply(event: Envelope): Promise<boolean>;
  metrics: Metrics;
  log: Logger;
  everyMs: number;
  /** Facts younger than this may still be on their way. */
  ageMs: number;
}

/**
 * The proof of delivery: compares what each producer's log holds of our types with what we have seen, by ranges of positions, and
 * fetches what is missing. Everything between, broker and sidecars included, may lose an event without anybody knowing; this may not.
 */
export class Sweep {
  readonly #parts: SweepParts;
  readonly #producers: Map<ServiceName, string[]>;
  readonly #lastDay = new Map<ServiceName, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> | undefined;
  #stopped = false;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#producers = new Map();
    for (const { contract, replicas } of parts.subscriptions) {
      if (replicas === 'every' || contract.kind === 'signal') continue;
      this.#producers.set(contract.producer, [...(this.#producers.get(contract.producer) ?? []), contract.type]);
    }
  }

  /** Notes since when each type is listened to, then sweeps on its interval. */
  async start(): Promise<void> {
    const starts = this.#parts.database.in(subscriptionStarts, bookkeeping);
    for (const type of [...this.#producers.values()].flat())
      await starts.updateOne({ _id: type }, { $setOnInsert: { since: new Date() } }, { upsert: true });
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Sweeps every producer once; gives how many facts were missing and are applied now. */
  async sweepOnce(): Promise<number> {
    const starts = await this.#parts.database.in(subscriptionStarts, bookkeeping).find({});
    const since = new Map(starts.map((start) => [start._id, start.since]));
    let found = 0;
    for (const [producer, names] of this.#producers) {
      if (this.#stopped) break;
      const types = names.map((type) => ({ type, since: (since.get(type) ?? new Date()).toISOString() }));
      try {
        found += await this.#sweepProducer(producer, types);
      } catch (error) {
        this.#parts.log.debug({ err: error, producer }, 'a producer could not be swept yet');
      }
    }
    return found;
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#tick().finally(() => {
        if (!this.#stopped) this.#plan();
      });
    }, this.#parts.everyMs).unref();
  }

  async #tick(): Promise<void> {
    try {
      const terms = { name: 'sweep', forMs: Math.max(30_000, 2 * this.#parts.everyMs) };
      await underLease(this.#parts, terms, () => this.sweepOnce());
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'the sweep failed and will run again');
    }
  }

  async #sweepProducer(producer: ServiceName, types: Types): Promise<number> {
    const cursors = this.#parts.database.in(sweepCursors, bookkeeping);
    const until = new Date(Date.now() - this.#parts.ageMs);
    const after = (await cursors.findOne({ _id: producer }))?.position ?? 0;
    const newest = await this.#sweepRange(producer, types, { after, until });
    // A sweep that is stopped half-way has not looked at the rest.
    if (newest.last > after && !this.#stopped)
      await cursors.updateOne({ _id: producer }, { $set: { position: newest.last } }, { upsert: true });
    this.#parts.metrics.sweptUntil.set({ producer }, until.getTime() / 1000);
    // Late positions and restored databases hide below the cursor: the last day is compared again, less often.
    const due = Date.now() - (this.#lastDay.get(producer) ?? 0) > DAY_EVERY_MS;
    if (!due) return newest.found;
    this.#lastDay.set(producer, Date.now());
    const dayTypes = types.map(({ type, since }) => ({
      type,
      since: new Date(Math.max(Date.parse(since), Date.now() - DAY_MS)).toISOString(),
    }));
    const day = await this.#sweepRange(producer, dayTypes, { after: 0, until });
    return newest.found + day.found;
  }

  async #sweepRange(
    producer: ServiceName,
    types: Types,
    range: { after: number; until: Date },
  ): Promise<{ last: number; found: number }> {
    const { invoke, database } = this.#parts;
    const digest = await invoke(digestOf(producer), {
      body: { types, after: range.after, until: range.until.toISOString() },
    });
    if (digest.count === 0) return { last: range.after, found: 0 };
    const source = `/services/${producer}`;
    const seen = await database
      .in(seenEvents, bookkeeping)
      .count({ producer: source, position: { $gt: range.after, $lte: digest.last } });
    if (range.after > 0 && seen === digest.count) return { last: digest.last, found: 0 };
    return { last: digest.last, found: await this.#repair(producer, types, { after: range.after, upTo: digest.last }) };
  }

  async #repair(producer: ServiceName, types: Types, range: { after: number; upTo: number }): Promise<number> {
    const { invoke, database } = this.#parts;
    let { after } = range;
    let found = 0;
    while (after < range.upTo && !this.#stopped) {
      const { events } = await invoke(listOf(producer), {
        body: { types, after, upTo: range.upTo, limit: CHUNK },
      });
      if (events.length === 0) break;
      const ids = events.map((event) => event.id);
      const seen = await database.in(seenEvents, bookkeeping).find({ _id: { $in: ids } }, { fields: ['_id'] });
      const known = new Set(seen.map((event) => event._id));
      found += await this.#fetch(
        producer,
        ids.filter((each) => !known.has(each)),
      );
      after = events.at(-1)?.position ?? range.upTo;
    }
    return found;
  }

  async #fetch(producer: ServiceName, missing: string[]): Promise<number> {
    let found = 0;
    for (let index = 0; index < missing.length; ) {
      const startedMs = Date.now();
      const ids = missing.slice(index, index + MOST_PER_SECOND);
      const { events } = await this.#parts.invoke(fetchFrom(producer), { body: { ids } });
      for (const event of events as Envelope[]) if (await this.#parts.apply(event)) found += 1;
      // An answer that would be too large ends early: the rest is asked for after its last.
      index += ids.indexOf(events.at(-1)?.id ?? '') + 1 || ids.length;
      if (index < missing.length) await sleep(Math.max(0, 1000 - (Date.now() - startedMs)));
    }
    if (found > 0) {
      this.#parts.metrics.swept.inc({ producer }, found);
      this.#parts.log.warn({ producer, found }, 'the sweep brought facts that delivery had lost');
    }
    return found;
  }
}
