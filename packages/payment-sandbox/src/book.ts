import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';

// The CHECKs repeat the rules of the operations on purpose: money must stay bounded even if an operation is wrong.
const tables = `
  CREATE TABLE IF NOT EXISTS intents (
    id TEXT PRIMARY KEY, clientSecret TEXT NOT NULL, reference TEXT NOT NULL, currency TEXT NOT NULL, metadata TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('requires_confirmation', 'requires_capture', 'captured', 'cancelled')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    capturedAmount INTEGER NOT NULL CHECK (capturedAmount BETWEEN 0 AND amount),
    refundedAmount INTEGER NOT NULL CHECK (refundedAmount BETWEEN 0 AND capturedAmount),
    lastError TEXT, card TEXT, isDisputedAfterCapture INTEGER NOT NULL, isDisputed INTEGER NOT NULL, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS intents_by_reference ON intents (reference);
  CREATE TABLE IF NOT EXISTS refunds (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, intentId TEXT NOT NULL REFERENCES intents (id),
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, reason TEXT, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS refunds_by_intent ON refunds (intentId);
  CREATE TABLE IF NOT EXISTS movements (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL CHECK (type IN ('capture', 'refund')),
    intentId TEXT NOT NULL REFERENCES intents (id), refundId TEXT UNIQUE REFERENCES refunds (id), reference TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_capture_per_intent ON movements (intentId) WHERE type = 'capture';
  CREATE TABLE IF NOT EXISTS paymentMethods (
    id TEXT PRIMARY KEY, number TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL,
    expMonth INTEGER NOT NULL, expYear INTEGER NOT NULL, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS answers (
    scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    createdAtMs INTEGER NOT NULL, PRIMARY KEY (scope, key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS answers_by_age ON answers (createdAtMs);
  CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, body TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dropped', 'expired')),
    attempts INTEGER NOT NULL, createdAtMs INTEGER NOT NULL, nextAttemptAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_due ON events (status, nextAttemptAtMs);
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

export type Row = Record<string, SQLOutputValue>;
type Values = Record<string, SQLInputValue>;

/** The gateway's durable book: everything it has ever acknowledged. All calls are synchronous, so operations never interleave. */
export interface Book {
  find(sql: string, values?: Values): Row | null;
  list(sql: string, values?: Values): Row[];
  write(sql: string, values?: Values): void;
  /** Commits what `work` wrote, on disk before it returns; writes nothing when `work` throws. May be nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  // FULL syncs the log at each commit; NORMAL, usual with WAL, would lose acknowledged captures when the machine stops.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;');
  database.exec(tables);
  return database;
}

/** Opens the book at a file path, or an empty one for ':memory:'. Throws when the file is not a book or cannot be written. */
export function openBook(path: string): Book {
  const database = openDatabase(path);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    find: (sql, values = {}) => prepared(sql).get(values) ?? null,
    list: (sql, values = {}) => prepared(sql).all(values),
    write: (sql, values = {}) => void prepared(sql).run(values),
    transaction: (work) => (database.isTransaction ? nested(database, work) : outermost(database, work)),
    close: () => database.close(),
  };
}

function outermost<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself; asking again would hide the real error.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function nested<T>(database: DatabaseSync, work: () => T): T {
  database.exec('SAVEPOINT nested');
  try {
    const result = work();
    database.exec('RELEASE nested');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK TO nested; RELEASE nested');
    throw error;
  }
}
