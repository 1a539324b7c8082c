import type { CommonEnvironment } from './config.ts';
import type { Logger } from './log.ts';
import type { Database } from './mongo/database.ts';
import type { Sidecar } from './sidecar.ts';

/** What a resource may use while it starts. */
export interface ResourceRuntime {
  value(key: object): unknown;
  readonly log: Logger;
  /** For what is built from documents: a search index. */
  readonly database: Pick<Database, 'in'>;
  /** For the gateway, whose work is to hand requests on. */
  readonly environment: CommonEnvironment;
  readonly sidecar: Sidecar;
  now(): Date;
}

/** Something a service opens once and closes at its end: a mail transport, a search index, a gateway's client. */
export interface Resource<Value = unknown> {
  readonly name: string;
  start(runtime: ResourceRuntime): Promise<Value> | Value;
  stop?(value: Value): Promise<void> | void;
  /** The opened resource of the service that `holder` belongs to. */
  of(holder: { value(key: object): unknown }): Value;
}

/** Declares a resource; the kit starts it before the service listens and stops it after the last request. */
export function defineResource<Value>(declaration: Omit<Resource<Value>, 'of'>): Resource<Value> {
  const self: Resource<Value> = { ...declaration, of: (holder) => holder.value(self) as Value };
  return self;
}
