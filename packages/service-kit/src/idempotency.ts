import { createHash } from 'node:crypto';
import mongoose from 'mongoose';
import { keyBusy, keyReused } from './errors.ts';
import type { Database } from './mongo/database.ts';
import { system } from './mongo/scope.ts';
import { defineStore } from './mongo/store.ts';

/** One use of an Idempotency-Key: leased while it runs, then with the answer it got. */
export interface StoredAnswer {
  _id: string;
  hash: string;
  owner?: string;
  leaseUntil: Date;
  answer?: { status: number; headers: Record<string, string>; body: unknown };
  at: Date;
}

export const answers = defineStore<StoredAnswer>({
  name: 'answers',
  schema: new mongoose.Schema<StoredAnswer>({
    _id: String,
    hash: { type: String, required: true },
    owner: { type: String, index: true },
    leaseUntil: { type: Date, required: true },
    answer: mongoose.Schema.Types.Mixed,
    at: { type: Date, required: true },
  }).index({ at: 1 }, { expireAfterSeconds: 24 * 3600 }),
  scope: {},
});

const LEASE_MS = 30_000;
const bookkeeping = system('Idempotency-Key');

export interface KeyedRequest {
  /** Caller, method, path and key: one key of one caller is one request. */
  key: string;
  hash: string;
  owner: string;
}

/** Names a request so that a repeat of it is known. */
export function keyedRequest(parts: { caller: string; method: string; path: string; key: string; body: unknown }): KeyedRequest {
  const digest = (value: string) => createHash('sha256').update(value).digest('base64url');
  return {
    owner: parts.caller,
    key: digest([parts.caller, parts.method, parts.path, parts.key].join('\n')),
    hash: digest(Buffer.isBuffer(parts.body) ? parts.body.toString('base64') : JSON.stringify(parts.body ?? null)),
  };
}

/**
 * Takes the key for this request, or gives the answer it got before. Throws 422 when the key was used with another body and 409 while
 * the first request still runs. A lease whose holder died is taken over: the memos of its effects make the repeat safe.
 */
export async function takeKey(database: Database, request: KeyedRequest, now: Date): Promise<StoredAnswer['answer']> {
  const collection = database.in(answers, bookkeeping);
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  try {
    await collection.insertOne({ _id: request.key, hash: request.hash, owner: request.owner, leaseUntil, at: now });
    return undefined;
  } catch (error) {
    if (!database.driver.isDuplicate(error)) throw error;
  }
  const stored = await collection.findOne({ _id: request.key });
  if (stored && stored.hash !== request.hash) throw keyReused();
  if (stored?.answer) return stored.answer;
  const left = { _id: request.key, leaseUntil: { $lt: now }, answer: { $exists: false } };
  const taken = await collection.updateOne(left, { $set: { leaseUntil } });
  if (taken.matched === 0) throw keyBusy();
  return undefined;
}

type KeptAnswer = NonNullable<StoredAnswer['answer']>;

/** Keeps the answer for repeats. */
export async function keepAnswer(database: Database, request: KeyedRequest, answer: KeptAnswer): Promise<void> {
  await database.in(answers, bookkeeping).updateOne({ _id: request.key }, { $set: { answer } });
}

/** Gives the key back after a fault of ours, so that a repeat runs at once. */
export async function releaseKey(database: Database, request: KeyedRequest): Promise<void> {
  await database.in(answers, bookkeeping).deleteOne({ _id: request.key, answer: { $exists: false } });
}
