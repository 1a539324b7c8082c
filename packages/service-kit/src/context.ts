import type { CallContract, Envelope, EventContract } from '@souk/contracts';
import type { Batch } from './batch.ts';
import type { Logger } from './log.ts';
import type { Db } from './mongo/database.ts';
import type { Scope } from './mongo/scope.ts';
import type { Claims } from './tokens.ts';
import type { Tx } from './unit.ts';

/** Input of a call between services. */
export interface CallInput<Params, Query, Body> {
  params?: Params;
  query?: Query;
  body?: Body;
  /** Makes a repeat of the call the same call; a fresh one when absent. */
  key?: string;
  timeoutMs?: number;
}

/** Asks another service. Throws its refusal as the DomainError it is, `bad_gateway` when the answer is not as its contract says. */
export type Invoke = <Params, Query, Body, Output>(
  call: CallContract<Params, Query, Body, Output>,
  input: CallInput<Params, Query, Body>,
) => Promise<Output>;

/** Key-value state (carts, wishlists): first write wins. */
export interface State {
  get(key: string): Promise<{ value: unknown; etag: string | undefined }>;
  /** Throws StateConflict when somebody wrote since `etag`. */
  set(key: string, value: unknown, etag: string | undefined): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * All that business code gets of the world. It is a `Db` in the scope of its caller: what an action reads through it, the caller may
 * read. Inside an event it is the event's company.
 */
export interface Context extends Db {
  readonly requestId: string;
  /** Of the span of the request or event. */
  readonly traceparent: string;
  readonly log: Logger;
  /** Who asks; absent for public requests, other services and events. */
  readonly caller: Claims | undefined;
  /** Which service asks, on internal endpoints. */
  readonly app: string | undefined;
  /** The event being worked off. */
  readonly event: Envelope | undefined;
  /** The version a client names in If-Match. */
  readonly ifMatch: number | undefined;
  readonly clientIp: string | undefined;
  readonly userAgent: string | undefined;
  readonly state: State;
  now(): Date;
  /** Why a company may not be traded with now; undefined for one that may. Of the caller's own company the kit has asked already. */
  suspensionOf(companyId: string): string | undefined;
  /** The same context with another scope. `system(reason)` is for work that no tenant asks for. */
  as(scope: Scope): Context;
  /** Documents and facts, all or nothing, once per event or Idempotency-Key. `work` may run again: it only reads and writes through tx. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Hands a request to a batch and waits for its commit. */
  batch<Request, Result>(batch: Batch<Request, Result>, request: Request): Promise<Result>;
  invoke: Invoke;
  /** Publishes a signal straight away, at most once, without waiting. */
  signal<Data>(contract: EventContract<Data>, about: { subject: string; companyId?: string | undefined; data: Data }): void;
  /** For `config.of(ctx)` and `resource.of(ctx)`. */
  value(key: object): unknown;
}
