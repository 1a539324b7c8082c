import type { TestService } from '@souk/testing';
import type { Connection, mongo } from 'mongoose';

type Fields = Record<string, unknown>;

/** Dates and the like are values, not fields. */
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** One read or write as the driver sent it, reduced to what its plan depends on. */
export interface Query {
  service: string;
  collection: string;
  /** What can be explained: how its documents are found. */
  command: Fields;
  /** The command with its values left out: what two calls of one line of code share. */
  shape: string;
  /** Who sent it first. */
  asker: string;
}

/** Whatever is done with what is found, it is found like this. */
const FOUND: Readonly<Record<string, (command: Fields) => Fields[]>> = {
  find: ({ filter, sort, limit, skip }) => [{ filter, sort, limit, skip }],
  aggregate: ({ pipeline }) => [{ pipeline, cursor: {} }],
  count: ({ query, limit, skip }) => [{ query, limit, skip }],
  findAndModify: ({ query, sort }) => [{ filter: query, sort, limit: 1 }],
  update: ({ updates }) => listed(updates).map(({ q, multi }) => ({ filter: q, ...(multi ? {} : { limit: 1 }) })),
  delete: ({ deletes }) => listed(deletes).map(({ q, limit }) => ({ filter: q, ...(limit === 0 ? {} : { limit: 1 }) })),
};

const listed = (value: unknown): Fields[] => (Array.isArray(value) ? value : []);

/** The connection of a running service: its stores keep it to themselves, and only tests look behind them. */
export function connectionOf(app: TestService): Connection {
  const { driver } = app.running.runtime.database;
  if (!('connection' in driver)) throw new Error('the service does not run on a database');
  return driver.connection as Connection;
}

/** Keeps every query that a service sends, one for each shape and way of looking (values met and not met differ in cost). */
export class Recording {
  readonly #queries = new Map<string, Query>();
  /** Named in what is found wrong. */
  asker = '';
  #isOn = false;
  readonly #service: string;

  constructor(app: TestService) {
    this.#service = app.running.runtime.service.name;
    connectionOf(app)
      .getClient()
      .on('commandStarted', (event: mongo.CommandStartedEvent) => {
        if (this.#isOn) for (const query of queriesOf(event)) this.#keep(query);
      });
  }

  async during<Result>(asker: string, work: () => Promise<Result>): Promise<Result> {
    this.asker = asker;
    this.#isOn = true;
    try {
      return await work();
    } finally {
      this.#isOn = false;
    }
  }

  /** What was recorded since the last time. */
  take(): Query[] {
    const taken = [...this.#queries.values()];
    this.#queries.clear();
    return taken;
  }

  #keep({ collection, command }: Pick<Query, 'collection' | 'command'>): void {
    const shape = `${collection}: ${JSON.stringify(shapeOf(command))}`;
    const key = `${shape} ${JSON.stringify(command)}`;
    const alike = [...this.#queries.values()].filter((query) => query.shape === shape);
    if (alike.length < MOST_ALIKE)
      this.#queries.set(key, { service: this.#service, collection, command, shape, asker: this.asker });
  }
}

/** The same line of code costs more for one caller than for another: each shape is tried with so many values. */
const MOST_ALIKE = 2;

/** The reads in a command; an update or delete may hold several. */
function queriesOf({ commandName, command }: mongo.CommandStartedEvent): Pick<Query, 'collection' | 'command'>[] {
  const collection = String(command[commandName]);
  const kind = commandName === 'aggregate' || commandName === 'count' ? commandName : 'find';
  return (FOUND[commandName]?.(command) ?? []).map((parts) => {
    const given = Object.entries(parts).filter(([, value]) => value !== undefined);
    return {
      collection,
      command: { [kind]: collection, ...Object.fromEntries(given.map(([name, value]) => [name, plain(value)])) },
    };
  });
}

/** What a command compares a field with, wherever it does. */
export function* valuesOf(part: unknown, field: string): Generator<unknown> {
  if (Array.isArray(part)) for (const inner of part) yield* valuesOf(inner, field);
  else if (isFields(part))
    for (const [name, inner] of Object.entries(part)) {
      if (name === field) yield inner;
      else yield* valuesOf(inner, field);
    }
}

/** The driver keeps sorts as maps. */
const plain = (value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);

/** A value's skeleton: fields and operators stay, what is compared with goes, and lists of values are as good as one. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const inner = value.map(shapeOf);
    return inner.every((one) => one === '?') ? ['?'] : inner;
  }
  if (!isFields(value)) return '?';
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, VERBATIM.has(name) ? JSON.stringify(inner) : shapeOf(inner)]),
  );
}

/** Their values are part of the shape. */
const VERBATIM = new Set(['sort', '$sort']);
