import type { Sort } from '../paging.ts';
import type { Filter } from './store.ts';

export interface FindOptions {
  sort?: Sort;
  limit?: number;
  /** Fields to bring; all when absent. */
  fields?: readonly string[];
}

export interface UpdateResult {
  matched: number;
  modified: number;
  upserted: boolean;
}

export type Update = Filter | readonly Filter[];

/** One update and what it applies to. */
export interface Change {
  filter: Filter;
  update: Update;
  upsert: boolean;
}

export type BulkWrite =
  | { insertOne: { document: object } }
  | { updateOne: { filter: Filter; update: Update; upsert?: boolean } }
  | { deleteOne: { filter: Filter } };

/** A transaction in progress, known to its driver only. */
export type Session = object;

/** What a collection must be able to do: once on MongoDB, once in memory. Scoping is done above it, for both alike. */
export interface DriverCollection {
  find(filter: Filter, options: FindOptions, session?: Session): AsyncIterable<object>;
  findAndUpdate(change: Change & { sort?: Sort }, session?: Session): Promise<object | null>;
  count(filter: Filter, limit: number, session?: Session): Promise<number>;
  insert(documents: readonly object[], session?: Session): Promise<void>;
  update(change: Change & { many: boolean }, session?: Session): Promise<UpdateResult>;
  remove(filter: Filter, many: boolean, session?: Session): Promise<number>;
  bulk(writes: readonly BulkWrite[], session?: Session): Promise<{ modified: number; inserted: number }>;
  aggregate(pipeline: readonly Filter[], session?: Session): AsyncIterable<object>;
}

export interface Driver {
  /** `comment` goes with every command. */
  collection(name: string, comment?: string): DriverCollection;
  /** Runs `work` in one transaction, again when it met another one; commits with majority and journal. */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  isDuplicate(error: unknown): boolean;
  ping(): Promise<void>;
  close(): Promise<void>;
}
