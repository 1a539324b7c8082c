import type { EventContract } from '@souk/contracts';
import { traceRecorded } from '@souk/tracing';
import { AlreadySeen, DomainError } from './errors.ts';
import type { SeenEvent } from './events/inbox.ts';
import { memos, seenEvents } from './events/inbox.ts';
import type { LoggedEvent, Origin, Publication } from './events/log.ts';
import { eventLog, logEntry } from './events/log.ts';
import type { Database, Db } from './mongo/database.ts';
import type { Session } from './mongo/driver.ts';
import type { Scope } from './mongo/scope.ts';
import { system } from './mongo/scope.ts';
import type { Store } from './mongo/store.ts';

/** A transaction: collections in the scope of whoever opened it, and facts that commit with the documents or not at all. */
export interface Tx extends Db {
  as(scope: Scope): Tx;
  /** Appends a fact to the service's log. It is published after the commit. */
  publish<Data>(contract: EventContract<Data>, publication: Publication<Data>): void;
}

/** What must commit together with an effect so that it happens once: an event's entry in `seen`, or a request's memo. */
export interface Mark {
  seen?: Omit<SeenEvent, 'at'>;
  memoKey?: string;
}

export interface UnitRuntime {
  database: Database;
  now(): Date;
  /** Called after the commit with what it logged. */
  committed(events: LoggedEvent[]): void;
}

const bookkeeping = system('the kit keeps its own books');

/** Collects the facts of one commit; `forOrigin` binds them to a request or event. */
export class Outbox {
  readonly events: LoggedEvent[] = [];
  readonly #perSubject = new Map<string, number>();
  readonly #at: Date;

  constructor(at: Date) {
    this.#at = at;
  }

  add<Data>(contract: EventContract<Data>, publication: Publication<Data>, origin: Origin): void {
    if (contract.kind === 'signal') throw new TypeError(`${contract.type} is a signal: it is not part of a transaction`);
    const index = this.#perSubject.get(publication.subject) ?? 0;
    this.#perSubject.set(publication.subject, index + 1);
    this.events.push(traceRecorded(logEntry(contract, publication, { ...origin, at: this.#at, index }), origin));
  }
}

/** A transaction's view with `scope` and `origin`. */
export function txView(parts: { database: Database; session: Session; outbox: Outbox; origin: Origin; scope: Scope }): Tx {
  const { database, session, outbox, origin, scope } = parts;
  return {
    scope,
    in: <Doc extends object>(store: Store<Doc>) => database.in(store, scope, session),
    as: (other) => txView({ ...parts, scope: other }),
    publish: (contract, publication) => outbox.add(contract, publication, origin),
  };
}

/** Writes the marks and the facts of a commit, inside its transaction. */
export async function seal(
  runtime: UnitRuntime,
  session: Session,
  parts: { outbox: Outbox; marks: { mark: Mark; value: unknown }[] },
): Promise<void> {
  const at = runtime.now();
  const seen = parts.marks.flatMap(({ mark }) => (mark.seen ? [{ ...mark.seen, at }] : []));
  const memo = parts.marks.flatMap(({ mark, value }) => (mark.memoKey ? [{ _id: mark.memoKey, value: value ?? null, at }] : []));
  await runtime.database.in(seenEvents, bookkeeping, session).insertMany(seen);
  await runtime.database.in(memos, bookkeeping, session).insertMany(memo);
  await runtime.database.in(eventLog, bookkeeping, session).insertMany(parts.outbox.events);
}

/**
 * One transaction: `work`'s documents, its facts and its mark, all or nothing. Runs `work` again when it meets another transaction, so
 * `work` must do nothing but read and write through its `tx`. Work whose mark stands already has no second effect: an event's throws
 * AlreadySeen, a request's gives what it gave the first time.
 */
export async function runUnit<Result>(
  runtime: UnitRuntime,
  unit: { scope: Scope; origin: Origin; mark?: Mark | undefined },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const { database } = runtime;
  let logged: LoggedEvent[] = [];
  try {
    const result = await database.driver.transaction(async (session) => {
      const outbox = new Outbox(runtime.now());
      const value = await work(txView({ database, session, outbox, origin: unit.origin, scope: unit.scope }));
      await seal(runtime, session, { outbox, marks: unit.mark ? [{ mark: unit.mark, value }] : [] });
      logged = outbox.events;
      return value;
    });
    runtime.committed(logged);
    return result;
  } catch (error) {
    return (await firstResult(database, unit.mark, error)) as Result;
  }
}

/**
 * What the effect that `mark` belongs to gave the first time, if it stands already: then `error` is only what became of its repeat,
 * because of its key or of what it did (a refund of all finds nothing left). Throws AlreadySeen for an event, which gives nothing, and
 * `error` when the effect does not stand.
 */
export async function firstResult(database: Database, mark: Mark | undefined, error: unknown): Promise<unknown> {
  if (!database.driver.isDuplicate(error) && !(error instanceof DomainError)) throw error;
  if (mark?.seen && (await database.in(seenEvents, bookkeeping).findOne({ _id: mark.seen._id }))) throw new AlreadySeen();
  const memo = mark?.memoKey === undefined ? null : await database.in(memos, bookkeeping).findOne({ _id: mark.memoKey });
  if (!memo) throw error;
  return memo.value;
}
