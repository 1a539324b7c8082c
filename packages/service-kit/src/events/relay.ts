import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope, ServiceName } from '@souk/contracts';
import { tracePublished, withoutTrace } from '@souk/tracing';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Database } from '../mongo/database.ts';
import { system } from '../mongo/scope.ts';
import type { LoggedEvent } from './log.ts';
import { counters, envelopeOf, eventLog, takeNumbers } from './log.ts';

export const EXCHANGE = 'ecommerce_exchange';
const COMPONENT = 'pubsub';
const MOST_AT_ONCE = 200;
/** What a dead replica left unsent is taken over after this long. */
const ABANDONED_MS = 5_000;
/** After a failure the broker may have lost what it had just taken: this much is published again. */
const REPEAT_MS = 10_000;
const MOST_REPEATED = 5_000;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;

const bookkeeping = system('the relay');

export interface RelayParts {
  service: ServiceName;
  database: Database;
  publish(component: string, topic: string, envelopes: readonly Envelope[]): Promise<void>;
  metrics: Metrics;
  log: Logger;
}

/** Publishes what the service's log holds and gives it its position. Woken at each commit; looks for what was left behind. */
export class Relay {
  readonly #parts: RelayParts;
  #pending: LoggedEvent[] = [];
  #recent: { event: LoggedEvent; atMs: number }[] = [];
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #isFailing = false;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** Whether the last publish failed: there is a broker's or sidecar's fault, and facts wait. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Begins with what the log says was sent last, because the process before may have died between position and publish. */
  async start(): Promise<void> {
    const since = new Date(Date.now() - 2 * REPEAT_MS);
    const log = this.#parts.database.in(eventLog, bookkeeping);
    const last = await log.find({ position: { $gt: 0 } }, { sort: { position: -1 }, limit: MOST_AT_ONCE });
    const repeated = last.filter((event) => event.time > since);
    if (repeated.length > 0) void this.#publishUntilDone(repeated);
    this.#look();
  }

  /** Takes over what a commit has logged. Never waits. */
  wake(events: readonly LoggedEvent[]): void {
    this.#pending.push(...events);
    this.#parts.metrics.unpublished.set(this.#pending.length);
    if (this.#pending.length > 0 && !this.#stopped) this.#running ??= withoutTrace(() => this.#drain());
  }

  /** Resolves when everything that was committed until now is published. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Publishes what is pending, for at most `timeoutMs`; what is left is found again by whoever runs next. */
  async stop(timeoutMs: number): Promise<void> {
    await Promise.race([this.#running, sleep(timeoutMs, undefined, { ref: false })]);
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0 && !this.#stopped) {
      const batch = this.#pending.splice(0, MOST_AT_ONCE);
      this.#parts.metrics.unpublished.set(this.#pending.length);
      try {
        await this.#position(batch);
        await this.#publishUntilDone(batch);
      } catch (error) {
        // They stay unsent in the log; the look-out finds them.
        this.#parts.log.warn({ err: error, count: batch.length }, 'facts could not be given their positions yet');
        await sleep(FIRST_BACKOFF_MS);
      }
    }
    // In the same breath as the last look at what is pending: a commit that wakes us between the two would be left behind.
    this.#running = undefined;
  }

  async #position(batch: LoggedEvent[]): Promise<void> {
    const { database } = this.#parts;
    // One commit for the numbers and all who get them: a server may wait for its disk once for each commit.
    await database.driver.transaction(async (session) => {
      const first = await takeNumbers(database.in(counters, bookkeeping, session), 'position', batch.length);
      batch.forEach((event, index) => {
        event.position = first + index;
      });
      const writes = batch.map(({ _id, position }) => ({
        updateOne: { filter: { _id, unsent: true }, update: { $set: { position }, $unset: { unsent: '' } } },
      }));
      const { modified } = await database.in(eventLog, bookkeeping, session).bulkWrite(writes);
      if (modified !== batch.length) throw new Error('another replica has given some of them their positions');
    });
  }

  async #publishUntilDone(batch: readonly LoggedEvent[]): Promise<void> {
    const { service, publish, metrics, log } = this.#parts;
    let backoffMs = FIRST_BACKOFF_MS;
    let failed = false;
    while (!this.#stopped) {
      const repeated = failed ? this.#recent.map(({ event }) => event) : [];
      const envelopes = [...repeated, ...batch].map((event) => envelopeOf(service, event));
      try {
        await publish(COMPONENT, EXCHANGE, envelopes);
        this.#isFailing = false;
        tracePublished(batch);
        metrics.published.inc({ outcome: 'ok' }, batch.length);
        this.#keepRecent(batch);
        return;
      } catch (error) {
        failed = true;
        this.#isFailing = true;
        metrics.published.inc({ outcome: 'failed' });
        log.warn({ err: error, count: batch.length }, 'publishing failed and is tried again');
        await sleep(backoffMs);
        backoffMs = Math.min(2 * backoffMs, LAST_BACKOFF_MS);
      }
    }
  }

  #keepRecent(batch: readonly LoggedEvent[]): void {
    const atMs = Date.now();
    const kept = this.#recent.filter((entry) => atMs - entry.atMs < REPEAT_MS);
    this.#recent = [...kept, ...batch.map((event) => ({ event, atMs }))].slice(-MOST_REPEATED);
  }

  #look(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.#takeAbandoned()
        .catch((error) => this.#parts.log.warn({ err: error }, 'could not look for unsent facts'))
        .finally(() => this.#look());
    }, ABANDONED_MS).unref();
  }

  async #takeAbandoned(): Promise<void> {
    const log = this.#parts.database.in(eventLog, bookkeeping);
    const old = await log.find(
      { unsent: true, time: { $lt: new Date(Date.now() - ABANDONED_MS) } },
      { sort: { time: 1 }, limit: MOST_AT_ONCE },
    );
    const held = new Set(this.#pending.map((event) => event._id));
    const abandoned = old.filter(({ _id }) => !held.has(_id));
    if (abandoned.length === 0) return;
    await this.#position(abandoned);
    await this.#publishUntilDone(abandoned);
  }
}
