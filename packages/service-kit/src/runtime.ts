import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { startTracing } from '@souk/tracing';
import type { Batch } from './batch.ts';
import { BatchRunner } from './batch.ts';
import type { Clock, MovableClock } from './clock.ts';
import { movableClock, systemClock } from './clock.ts';
import type { CommonEnvironment } from './config.ts';
import { commonEnvironment, commonSecrets, parseConfig } from './config.ts';
import type { Invoke } from './context.ts';
import { Relay } from './events/relay.ts';
import { invokeThrough } from './invoke.ts';
import type { Logger } from './log.ts';
import { createLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createMetrics } from './metrics.ts';
import type { Database } from './mongo/database.ts';
import { openDatabase } from './mongo/database.ts';
import { jwksFrom, RevocationWatch } from './revocations.ts';
import type { ServiceDefinition } from './service.ts';
import { Sidecar } from './sidecar.ts';
import { TokenVerifier } from './tokens.ts';
import type { UnitRuntime } from './unit.ts';

/** What a running service is made of. Business code sees it only through its Context. */
export interface Runtime extends UnitRuntime {
  readonly service: ServiceDefinition;
  readonly environment: CommonEnvironment;
  readonly instance: string;
  readonly clock: Clock | MovableClock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly sidecar: Sidecar;
  readonly database: Database;
  readonly relay: Relay;
  readonly tokens: TokenVerifier;
  readonly revocations: RevocationWatch;
  readonly invoke: Invoke;
  readonly values: Map<object, unknown>;
  stopTracing(): Promise<void>;
  value(key: object): unknown;
  batchRunner(batch: Batch<unknown, unknown>): BatchRunner;
}

/** Reads configuration and secrets, opens the database and starts the resources: everything but the server. */
export async function openRuntime(service: ServiceDefinition, env: Record<string, string | undefined>): Promise<Runtime> {
  const environment = parseConfig(commonEnvironment, env, 'environment');
  const log = createLog(service.name, environment.LOG_LEVEL);
  const sidecar = new Sidecar({
    port: environment.DAPR_HTTP_PORT,
    token: environment.DAPR_API_TOKEN,
    timeoutMs: environment.SIDECAR_TIMEOUT_MS,
    ...(environment.PORT > 0 && { own: { app: service.name, port: environment.PORT, token: environment.APP_API_TOKEN } }),
  });
  const secrets = await readSecrets(sidecar, log, environment.MIGRATION_SECRETS_FILE);
  const { 'mongodb-uri': uri } = parseConfig(commonSecrets, secrets, 'secrets');
  const values = new Map<object, unknown>();
  values.set(service.config, {
    ...(service.config.environment && (parseConfig(service.config.environment, env, 'environment') as object)),
    ...(service.config.secrets && (parseConfig(service.config.secrets, secrets, 'secrets') as object)),
  });
  const clock = environment.SOUK_TEST_CLOCK ? movableClock() : systemClock;
  const metrics = createMetrics(service.name);
  const instance =
    environment.INSTANCE ??
    createHash('sha256').update(`${hostname()}:${process.pid}:${environment.PORT}`).digest('hex').slice(0, 12);
  const stopTracing = await startTracing({
    ...{ service: service.name, instance, env, isDoor: service.door !== undefined },
    warn: (reason) => log.warn({ reason }, 'spans are not exported'),
  });
  const name = databaseName(uri, service.database);
  const checkWrites = environment.SOUK_CHECK_WRITES;
  const database = await openDatabase({ uri, name, instance, timeoutMs: 30_000, checkWrites }, service.stores);
  const relay = new Relay({ service: service.name, database, publish: (...args) => sidecar.publish(...args), metrics, log });
  const invoke = invokeThrough(sidecar, service.name);
  const tokens = new TokenVerifier(jwksFrom(invoke), () => clock.now());
  const runners = new Map<Batch<unknown, unknown>, BatchRunner>();
  const runtime: Runtime = {
    ...{ service, environment, instance, clock, log, metrics, sidecar, database, relay, tokens, invoke, values, stopTracing },
    revocations: new RevocationWatch(tokens, invoke, log),
    now: () => clock.now(),
    committed: (events) => relay.wake(events),
    value(key) {
      if (!values.has(key)) throw new Error('a configuration or resource is used that the service does not declare');
      return values.get(key);
    },
    batchRunner(batch) {
      const runner = runners.get(batch) ?? new BatchRunner(batch, runtime);
      runners.set(batch, runner);
      return runner;
    },
  };
  for (const resource of service.resources) values.set(resource, await resource.start(runtime));
  return runtime;
}

/** Closes what `openRuntime` opened. */
export async function closeRuntime(runtime: Runtime): Promise<void> {
  for (const resource of [...runtime.service.resources].reverse()) await resource.stop?.(runtime.values.get(resource));
  await runtime.database.close();
  await runtime.sidecar.close();
  await runtime.stopTracing();
}

/** A database named in the URI's path is a prefix: tests give each worker its own that way. */
function databaseName(uri: string, name: string): string {
  const path = new URL(uri).pathname.slice(1);
  return path.length > 0 ? `${path}_${name}` : name;
}

async function readSecrets(sidecar: Sidecar, log: Logger, file: string | undefined): Promise<Record<string, string>> {
  if (file !== undefined) return JSON.parse(await readFile(file, 'utf8'));
  for (let tries = 1; !(await sidecar.isReady()); tries += 1) {
    if (tries % 50 === 0) log.info('waiting for the sidecar');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return sidecar.secrets();
}
