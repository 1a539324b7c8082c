import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { processEnvironment } from './config.ts';
import { backgroundContext } from './create-context.ts';
import type { DeliveryRoutes } from './deliveries.ts';
import { deliveriesOf } from './deliveries.ts';
import { archiveLog } from './events/archive.ts';
import { logEndpoints } from './events/log.endpoints.ts';
import { redriveEndpoint } from './events/redrive.endpoint.ts';
import { Sweep } from './events/sweep.ts';
import { createApp } from './http/app.ts';
import { kitRoutes } from './http/kit-routes.ts';
import { JobRunner } from './jobs.ts';
import { addFigures } from './metrics.ts';
import { migrate } from './migrations.ts';
import type { Runtime } from './runtime.ts';
import { closeRuntime, openRuntime } from './runtime.ts';
import type { ServiceDefinition } from './service.ts';

/** A service that listens. */
export interface RunningService {
  readonly port: number;
  readonly runtime: Runtime;
  readonly jobs: JobRunner;
  readonly sweep: Sweep;
  readonly deliveries: DeliveryRoutes;
  /** Drains, then closes: connections end with their next answer for `lastCallMs`, what runs comes to its end, what is logged is published. */
  stop(lastCallMs?: number): Promise<void>;
}

const KEEP_ALIVE_MS = 65_000;
const CLOSE_IDLE_MS = 50;
const LAST_CALL_MS = 1_000;

/** Starts a service: configuration, secrets, database, migrations, server, relay, jobs, sweep; in that sequence. */
export async function startService(
  service: ServiceDefinition,
  env: Record<string, string | undefined> = processEnvironment(),
): Promise<RunningService> {
  const runtime = await openRuntime(service, env);
  await migrate(runtime.database, service.migrations, backgroundContext(runtime, 'migrations'));
  addFigures(runtime.metrics.registry, service.figures, () => backgroundContext(runtime, 'a scrape'));
  const deliveries = deliveriesOf(runtime);
  const app = createApp(
    runtime,
    [...logEndpoints(service.name), redriveEndpoint(service.name, deliveries.delivery), ...service.endpoints],
    kitRoutes(runtime, deliveries),
  );
  // Of headers the next hop takes more than the door lets in, which adds its own.
  const taken = { maxHeaderSize: service.door ? 8_192 : 16_384, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer({ ...taken, requestTimeout: 60_000, headersTimeout: 20_000 }, app);
  const attached = service.attach?.(server, runtime);
  const port = await listen(server, runtime);
  runtime.revocations.start();
  await runtime.relay.start();
  const { database, environment, invoke, log, metrics } = runtime;
  const jobs = new JobRunner({
    ...{ jobs: [...service.jobs, archiveLog], database, log },
    context: (name, fence) => backgroundContext(runtime, `job ${name}`, fence),
  });
  jobs.start();
  const sweep = new Sweep({
    ...{ service: service.name, subscriptions: service.subscriptions, database, invoke, metrics, log },
    apply: (event) => deliveries.delivery.apply(event),
    ...{ everyMs: environment.SWEEP_EVERY_MS, ageMs: environment.SWEEP_AGE_MS },
  });
  await sweep.start();
  runtime.log.info({ port }, 'listening');
  let stopping: Promise<void> | undefined;
  const stop = async (lastCallMs = 0) => {
    await Promise.all([attached?.close(), jobs.stop(), sweep.stop(), closeServer(server, lastCallMs)]);
    runtime.revocations.stop();
    await runtime.relay.stop(runtime.environment.SHUTDOWN_TIMEOUT_MS / 2);
    await closeRuntime(runtime);
  };
  const stopOnce = (lastCallMs?: number): Promise<void> => {
    stopping ??= stop(lastCallMs);
    return stopping;
  };
  return { port, runtime, jobs, sweep, deliveries, stop: stopOnce };
}

/** Brings the database to this version and ends. What that logs is published by those that have a sidecar. */
async function migrateOnly(service: ServiceDefinition): Promise<void> {
  const runtime = await openRuntime(service, processEnvironment());
  await runtime.relay.stop(0);
  await migrate(runtime.database, service.migrations, backgroundContext(runtime, 'migrations'));
  await closeRuntime(runtime);
  process.exit(0);
}

/** A process's whole life: starts the service, ends on SIGTERM or SIGINT, and exits non-zero when it cannot start. */
export async function runService(service: ServiceDefinition): Promise<void> {
  try {
    if (processEnvironment().MIGRATION_SECRETS_FILE !== undefined) return await migrateOnly(service);
    const running = await startService(service);
    const { runtime } = running;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        runtime.log.info({ signal }, 'stopping');
        setTimeout(() => process.exit(1), runtime.environment.SHUTDOWN_TIMEOUT_MS).unref();
        void running.stop(LAST_CALL_MS).then(() => process.exit(0));
      });
  } catch (error) {
    process.stderr.write(
      `${service.name} could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  }
}

function listen(server: Server, runtime: Runtime): Promise<number> {
  const { PORT, HOST } = runtime.environment;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORT, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeServer(server: Server, lastCallMs: number): Promise<void> {
  // Closed without a word, a connection may be closed under a request that is on its way.
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  await sleep(lastCallMs);
  await new Promise<void>((resolve) => {
    // A connection that has its answer stays open for the next request: the sidecar's would hold the end up for a minute.
    const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
    server.close(() => {
      clearInterval(closing);
      resolve();
    });
  });
}
