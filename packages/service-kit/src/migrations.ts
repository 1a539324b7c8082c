import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { v7 as newId } from 'uuid';
import type { Context } from './context.ts';
import { dropLease, underLease } from './jobs.ts';
import type { Database } from './mongo/database.ts';
import { system } from './mongo/scope.ts';
import { defineStore } from './mongo/store.ts';

/** A change of stored documents. Expand first, contract in a later release: old and new code run side by side while rolling. */
export interface Migration {
  /** Grows by one. */
  readonly version: number;
  readonly name: string;
  /** Safe to run again: it may be cut off. `ctx` is for what must be logged as a fact or depends on the configuration. */
  run(database: Database, ctx: Context): Promise<void>;
}

export interface DoneMigration {
  _id: string;
  name: string;
  at: Date;
}

export const migrationsDone = defineStore<DoneMigration>({
  name: 'migrations',
  schema: new mongoose.Schema<DoneMigration>({
    _id: String,
    name: { type: String, required: true },
    at: { type: Date, required: true },
  }),
  scope: {},
});

const LEASE_MS = 60_000;
const POLL_MS = 200;

/** Runs what has not run yet, in sequence, by one replica; the others wait for it. */
export async function migrate(database: Database, migrations: readonly Migration[], ctx: Context): Promise<void> {
  if (migrations.length === 0) return;
  // A name of its own for each call: two in one process must wait for each other too.
  const terms = { name: 'migrations', forMs: LEASE_MS, who: newId() };
  const run = () => runMissing(database, migrations, ctx);
  ctx.log.info('migrating, or waiting for the replica that does');
  try {
    while (!(await underLease({ database, log: ctx.log }, terms, run))) await sleep(POLL_MS);
  } finally {
    await dropLease(database, terms.name, terms.who);
  }
}

async function runMissing(database: Database, migrations: readonly Migration[], ctx: Context): Promise<void> {
  const done = database.in(migrationsDone, system('migrations'));
  for (const migration of [...migrations].sort((a, b) => a.version - b.version)) {
    const key = String(migration.version);
    if (await done.findOne({ _id: key })) continue;
    ctx.log.info({ migration: migration.name }, 'migrating');
    await migration.run(database, ctx);
    await done.insertOne({ _id: key, name: migration.name, at: new Date() });
  }
}
