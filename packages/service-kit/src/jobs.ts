import { hostname } from 'node:os';
import mongoose from 'mongoose';
import type { Context } from './context.ts';
import type { Logger } from './log.ts';
import type { ScopedCollection } from './mongo/collection.ts';
import type { Database } from './mongo/database.ts';
import { system } from './mongo/scope.ts';
import { defineStore } from './mongo/store.ts';
import type { Tx } from './unit.ts';

/** Work that is due again and again, done by one replica at a time. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  run(ctx: Context): Promise<unknown>;
}

/** Declares a job. It must be safe to run twice and to be cut off: what it does is in transactions, which fail once its lease is lost. */
export const job = (name: string, everyMs: number, run: (ctx: Context) => Promise<unknown>): Job => ({ name, everyMs, run });

export interface Lease {
  _id: string;
  holder: string;
  until: Date;
  /** Grows with each holder, so that a late write of an earlier one can be told. */
  token: number;
}

export const leases = defineStore<Lease>({
  name: 'leases',
  schema: new mongoose.Schema<Lease>({
    _id: String,
    holder: { type: String, required: true },
    until: { type: Date, required: true },
    token: { type: Number, required: true },
  }),
  scope: {},
});

const LONGEST_LEASE_MS = 300_000;
const bookkeeping = system('leases');
const holder = `${hostname()}-${process.pid}`;

/** Takes or extends the lease `name`; its fencing token, or null when another replica holds it. */
export async function takeLease(
  database: Database,
  name: string,
  { forMs, who = holder }: { forMs: number; who?: string },
): Promise<number | null> {
  // Leases run on the machine's clock: a test that moves the service's must not free one that is held.
  const now = new Date();
  const collection = database.in(leases, bookkeeping);
  const extended = await collection.findOneAndUpdate(
    { _id: name, holder: who, until: { $gt: now } },
    { $set: { until: new Date(now.getTime() + forMs) } },
  );
  if (extended) return extended.token;
  try {
    const taken = await collection.findOneAndUpdate(
      { _id: name, until: { $lte: now } },
      { $set: { holder: who, until: new Date(now.getTime() + forMs) }, $inc: { token: 1 } },
      { upsert: true },
    );
    return taken?.token ?? null;
  } catch (error) {
    if (database.driver.isDuplicate(error)) return null;
    throw error;
  }
}

/** The lease of a run has ended or is another's: what the run would have written is not written. */
export class LeaseLost extends Error {}

/** What each transaction of a job begins with. Throws LeaseLost. */
export type Fence = (tx: Tx) => Promise<void>;

/** Extends a lease under its token. In a transaction it is also what a takeover conflicts with. Throws LeaseLost. */
async function keepLease(collection: ScopedCollection<Lease>, held: Pick<Lease, '_id' | 'token'>, forMs: number): Promise<void> {
  const now = Date.now();
  const still = { ...held, until: { $gt: new Date(now) } };
  const { matched } = await collection.updateOne(still, { $set: { until: new Date(now + forMs) } });
  if (matched === 0) throw new LeaseLost(`the lease ${held._id} is no longer held under the token ${held.token}`);
}

/** Runs `work` if it gets a lease, which is extended meanwhile and kept after; should it be lost, `fence` tells. False when it is another's. */
export async function underLease(
  { database, log }: Pick<JobParts, 'database' | 'log'>,
  { name, ...terms }: { name: string; forMs: number; who?: string },
  work: (fence: Fence) => Promise<unknown>,
): Promise<boolean> {
  const token = await takeLease(database, name, terms);
  if (token === null) return false;
  const keep = (collection: ScopedCollection<Lease>) => keepLease(collection, { _id: name, token }, terms.forMs);
  const extending = setInterval(() => {
    keep(database.in(leases, bookkeeping)).catch((error) => log.warn({ err: error, lease: name }, 'could not be extended'));
  }, terms.forMs / 3).unref();
  try {
    await work((tx) => keep(tx.as(bookkeeping).in(leases)));
  } finally {
    clearInterval(extending);
  }
  return true;
}

/** Gives the lease back before its end, so that another replica need not wait for it. */
export async function dropLease(database: Database, name: string, who = holder): Promise<void> {
  await database.in(leases, bookkeeping).updateOne({ _id: name, holder: who }, { $set: { until: new Date(0) } });
}

interface JobParts {
  jobs: readonly Job[];
  database: Database;
  log: Logger;
  context: (name: string, fence: Fence) => Context;
}

/** Runs jobs on their intervals while this replica holds their leases. */
export class JobRunner {
  readonly #parts: JobParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** The last run of each job. */
  readonly #runs = new Map<string, Promise<boolean>>();
  #stopped = false;

  constructor(parts: JobParts) {
    this.#parts = parts;
  }

  start(): void {
    for (const each of this.#parts.jobs) this.#plan(each, Math.random() * Math.min(each.everyMs, 1_000));
  }

  /** Lets what runs come to its end and gives the leases back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.allSettled(this.#runs.values());
    await Promise.allSettled(this.#parts.jobs.map((each) => dropLease(this.#parts.database, `job:${each.name}`)));
  }

  /** Runs one job now, after the run of it that is under way here, if this replica can hold its lease. True when it ran. */
  runNow(each: Job): Promise<boolean> {
    const { database, log, context } = this.#parts;
    // Long enough to be this replica's again at its next run, short enough for another one's when this one is killed.
    const forMs = Math.min(Math.max(30_000, 2 * each.everyMs), LONGEST_LEASE_MS);
    const terms = { name: `job:${each.name}`, forMs };
    const work = () => underLease({ database, log }, terms, (fence) => each.run(context(each.name, fence)));
    const run = Promise.allSettled([this.#runs.get(each.name)]).then(work);
    this.#runs.set(each.name, run);
    return run;
  }

  #plan(each: Job, delayMs: number): void {
    if (this.#stopped) return;
    this.#timers.set(each.name, setTimeout(() => void this.#tick(each), delayMs).unref());
  }

  async #tick(each: Job): Promise<void> {
    try {
      await this.runNow(each);
    } catch (error) {
      this.#parts.log.warn({ err: error, job: each.name }, 'a job failed and will run again');
    }
    this.#plan(each, each.everyMs);
  }
}
