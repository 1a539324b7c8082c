import { withoutTrace } from '@souk/tracing';
import type { DomainError } from './errors.ts';
import { AlreadySeen } from './errors.ts';
import { seenEvents } from './events/inbox.ts';
import type { Origin } from './events/log.ts';
import type { Scope } from './mongo/scope.ts';
import { system } from './mongo/scope.ts';
import type { Mark, Tx, UnitRuntime } from './unit.ts';
import { firstResult, Outbox, seal, txView } from './unit.ts';

/** One of the requests that a batch decides. */
export interface BatchEntry<Request> {
  readonly request: Request;
  /** The batch's transaction, in which facts are logged as this request's doing. */
  readonly tx: Tx;
  /** The same as `tx.publish`. */
  readonly publish: Tx['publish'];
}

/** A decision on one request: what it gets, or why it is refused. A refused one must leave no trace in the batch. */
export type Outcome<Result> = { value: Result } | { refused: DomainError };

/**
 * Group commit for documents that many requests fight over (docs/adr/0006). `decide` reads the documents that the entries need,
 * decides all of them first come first served, and writes documents, results and facts, in one transaction.
 */
export interface Batch<Request, Result> {
  readonly name: string;
  decide(entries: readonly BatchEntry<Request>[], tx: Tx): Promise<Outcome<Result>[]>;
}

/** Declares a batch. `decide` gives one outcome for each entry, in their sequence; it may run again after a conflict. */
export function defineBatch<Request, Result>(
  name: string,
  decide: (entries: readonly BatchEntry<Request>[], tx: Tx) => Promise<Outcome<Result>[]>,
): Batch<Request, Result> {
  return { name, decide };
}

/**
 * What events do in transactions of their own, done one after the other in one: a delivery of many costs one commit. `work` may fail all
 * of them, after which each has a transaction to itself.
 */
export const eventUnits = defineBatch<{ scope: Scope; work(tx: Tx): Promise<unknown> }, unknown>('events', async (entries) => {
  const outcomes: Outcome<unknown>[] = [];
  for (const { request, tx } of entries) outcomes.push({ value: await request.work(tx.as(request.scope)) });
  return outcomes;
});

/** Thrown by `decide` when a guarded write met another replica's: the whole batch is decided again. */
export class BatchConflict extends Error {}

interface Waiting {
  request: unknown;
  origin: Origin;
  mark: Mark | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const MOST_AT_ONCE = 200;
const MOST_WAITING = 10_000;
const MOST_TRIES = 12;

/** Runs one kind of batch in this process: at most one transaction in flight, everything that arrives meanwhile goes into the next. */
export class BatchRunner {
  readonly #batch: Batch<unknown, unknown>;
  readonly #runtime: UnitRuntime;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(batch: Batch<unknown, unknown>, runtime: UnitRuntime) {
    this.#batch = batch;
    this.#runtime = runtime;
  }

  /** Resolves with the request's result after its batch has committed. */
  submit(request: unknown, from: { origin: Origin; mark?: Mark | undefined }): Promise<unknown> {
    if (this.#waiting.length >= MOST_WAITING)
      return Promise.reject(new Error(`more than ${MOST_WAITING} requests wait for batch ${this.#batch.name}`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, origin: from.origin, mark: from.mark, resolve, reject });
      if (!this.#isRunning) void withoutTrace(() => this.#drain());
    });
  }

  async #drain(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await this.#work(this.#firstOfEach(this.#waiting.splice(0, MOST_AT_ONCE)));
    }
    // In the same breath as the last look at what waits: a request that comes between the two would wait for ever.
    this.#isRunning = false;
  }

  async #work(taken: Waiting[], isRepeat = false): Promise<void> {
    try {
      await this.#commit(taken);
    } catch (error) {
      // What another delivery has worked off meanwhile, or another replica has inserted, is there to be seen now.
      const isRace = !isRepeat && this.#runtime.database.driver.isDuplicate(error);
      if (isRace) await this.#work(await this.#unseen(taken).catch(() => taken), true);
      else await this.#oneByOne(taken, error);
    }
  }

  /** The same event twice in one batch: the second one is the duplicate. */
  #firstOfEach(taken: Waiting[]): Waiting[] {
    return this.#without(new Set(), taken);
  }

  async #unseen(taken: Waiting[]): Promise<Waiting[]> {
    const ids = taken.flatMap(({ mark }) => (mark?.seen ? [mark.seen._id] : []));
    const inbox = this.#runtime.database.in(seenEvents, system('a batch asks what was seen'));
    const seen = await inbox.find({ _id: { $in: ids } }, { fields: ['_id'] });
    return this.#without(new Set(seen.map(({ _id }) => _id)), taken);
  }

  /** Answers the events that are in `known`, and adds the others to it. */
  #without(known: Set<string>, taken: Waiting[]): Waiting[] {
    return taken.filter(({ mark, reject }) => {
      const id = mark?.seen?._id;
      const isKnown = id !== undefined && known.has(id);
      if (isKnown) reject(new AlreadySeen());
      else if (id !== undefined) known.add(id);
      return !isKnown;
    });
  }

  async #commit(entries: Waiting[], tries = 1): Promise<void> {
    if (entries.length === 0) return;
    const { database } = this.#runtime;
    try {
      const done = await database.driver.transaction(async (session) => {
        const outbox = new Outbox(this.#runtime.now());
        const scope = system(`batch ${this.#batch.name}`);
        const views = entries.map(({ request, origin }) => {
          const tx = txView({ database, session, outbox, origin, scope });
          return { request, tx, publish: tx.publish };
        });
        const [first] = views;
        if (!first) throw new Error('a batch has entries');
        const outcomes = await this.#batch.decide(views, first.tx);
        const marks = entries.flatMap(({ mark }, index) => {
          const outcome = outcomes[index];
          return mark && outcome && 'value' in outcome ? [{ mark, value: outcome.value }] : [];
        });
        await seal(this.#runtime, session, { outbox, marks });
        return { outcomes, events: outbox.events };
      });
      this.#runtime.committed(done.events);
      for (const [index, entry] of entries.entries()) {
        const outcome = done.outcomes[index];
        // A repeat may be refused because of what its first run did: a sale of the last piece finds none left.
        if (outcome && 'refused' in outcome) await this.#settleRepeated(entry, outcome.refused);
        else if (outcome) entry.resolve(outcome.value);
        else entry.reject(new Error('the batch gave no outcome for a request'));
      }
    } catch (error) {
      if (!(error instanceof BatchConflict) || tries >= MOST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * tries));
      await this.#commit(entries, tries + 1);
    }
  }

  /** One bad request must not fail the others: after an error each is tried alone. */
  async #oneByOne(taken: Waiting[], error: unknown): Promise<void> {
    const [only] = taken;
    if (taken.length === 1 && only) return this.#settleRepeated(only, error);
    for (const entry of taken) {
      try {
        await this.#commit([entry]);
      } catch (alone) {
        await this.#settleRepeated(entry, alone);
      }
    }
  }

  /** A request whose effect stood already gets what it got then; any other gets its error. */
  async #settleRepeated({ mark, resolve, reject }: Waiting, error: unknown): Promise<void> {
    await firstResult(this.#runtime.database, mark, error).then(resolve, reject);
  }
}
