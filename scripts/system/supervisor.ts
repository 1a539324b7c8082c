import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineBroker } from './broker.ts';
import type { AppDeclaration } from './declarations.ts';
import type { Layout, Ports } from './layout.ts';
import { layOut } from './layout.ts';
import { endLeftovers } from './leftovers.ts';
import type { PartPlan, PartStatus } from './part.ts';
import { Part } from './part.ts';
import type { RabbitAccess, SystemPlan } from './plan.ts';
import { planSystem } from './plan.ts';
import { checkPorts } from './ports.ts';
import type { Secrets } from './secrets.ts';
import { keepSecrets } from './secrets.ts';
import type { QueueDeclaration } from './topology.ts';
import { watchOver } from './watch-over.ts';
import type { Say } from './ways.ts';

export interface SystemOptions {
  /** State, data, secrets and logs of this system: `.souk` for `npm run up`, a temporary folder for a test. */
  dir: string;
  ports: 'default' | 'free';
  /** The services to run; all of dapr/dapr.yaml unless given. The broker, database, sandbox and mail run always. */
  only?: readonly string[];
  /** Environment by service; that of `*` goes to all. */
  env?: Record<string, Record<string, string>>;
  /** The durable queues, instead of those that the services declare. */
  queues?: readonly QueueDeclaration[];
  /** How many of a service run side by side; one unless given. */
  replicas?: Record<string, number>;
  /** Files to run instead of services/<name>/src/main.ts. */
  mains?: Record<string, string>;
  /** Restarts a service when its files change. */
  watch?: boolean;
  sidecarMetrics?: boolean;
  log?: Say;
  /** Gives up a start that is still under way. */
  signal?: AbortSignal;
}

/** A system that runs: all of its parts, by their names (`sales`, `sales-sidecar`, `rabbitmq`, `mongodb`, `sandbox`, `maildev`). */
export interface System {
  readonly gatewayUrl: string;
  readonly mailUrl: string;
  readonly sandboxUrl: string;
  readonly ports: Ports & { services: Record<string, AppDeclaration> };
  readonly secrets: Secrets;
  readonly mongodbUri: string;
  readonly rabbit: RabbitAccess;
  /** The service's own address, past gateway and sidecars. Throws when it is not part of the system. */
  url(instance: string): string;
  /** The names of all parts, in their order of starting. */
  parts(): string[];
  pid(part: string): number | undefined;
  /** Sends a signal; the part is started again if it dies of it. */
  kill(part: string, signal: NodeJS.Signals): void;
  /** Ends a part (SIGKILL unless told otherwise) and keeps it down until `release`, which waits until it is ready. */
  hold(part: string, signal?: NodeJS.Signals): Promise<void>;
  release(part: string): Promise<void>;
  restart(part: string): Promise<void>;
  /** Waits until a part answers. Throws after `timeoutMs`. */
  whenReady(part: string, timeoutMs?: number): Promise<void>;
  health(): Promise<PartStatus[]>;
  /** All that a part has written to its log. */
  logs(part: string): string;
  /** Stops everything in reverse order; nothing is left running. */
  stop(): Promise<void>;
}

/** Starts a system and waits until each part of it answers. Throws, with everything stopped again, when one does not. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const say: Say = options.log ?? (() => undefined);
  const { only, replicas = {} } = options;
  const left = await endLeftovers(join(options.dir, 'pids'));
  if (left.length > 0) say(`ended what a killed supervisor left behind: ${left.join(', ')}`);
  const layout = await layOut({ ports: options.ports, only, replicas });
  const plan = await planSystem({ ...options, layout, kept: keepSecrets(join(options.dir, 'secrets.json')), say });
  const all = [...plan.infrastructure, ...plan.services];
  await checkPorts(all);
  const parts = new Map(
    all.map((one) => [
      one.name,
      new Part(one, { logFile: join(options.dir, 'logs', `${one.name}.log`), pidFolder: join(options.dir, 'pids'), say }),
    ]),
  );
  const letGuardGo = watchOver(join(options.dir, 'pids'));
  const stop = async (): Promise<void> => {
    await stopAll(parts, plan);
    await letGuardGo();
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  try {
    options.signal?.throwIfAborted();
    await startAll(parts, { plan, say });
  } catch (error) {
    await stop();
    throw error;
  }
  return describeSystem({ layout, plan, parts, stop });
}

/** The port mapper first, because the broker registers with it; services last, all of them at once. */
async function startAll(parts: Map<string, Part>, { plan, say }: { plan: SystemPlan; say: Say }): Promise<void> {
  const start = async ({ name }: PartPlan): Promise<void> => {
    const part = partNamed(parts, name);
    const startedAt = Date.now();
    part.start();
    await part.whenReady();
    say(`${name} is ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  };
  const [mapper, others] = [plan.infrastructure.filter(isMapper), plan.infrastructure.filter((one) => !isMapper(one))];
  await Promise.all(mapper.map(start));
  await Promise.all(others.map(start));
  await defineBroker(plan.rabbit, plan.definitions);
  await Promise.all(plan.services.map(start));
}

function isMapper(plan: PartPlan): boolean {
  return plan.name === 'epmd';
}

async function stopAll(parts: Map<string, Part>, plan: SystemPlan): Promise<void> {
  const stop = (plans: readonly PartPlan[]): Promise<unknown> =>
    Promise.all(plans.map(({ name }) => partNamed(parts, name).stop()));
  // A service drains through its sidecar, so it goes first.
  await stop(plan.services.filter((one) => !one.name.endsWith('-sidecar')));
  await stop(plan.services);
  await stop(plan.infrastructure.filter((one) => !isMapper(one)));
  await stop(plan.infrastructure);
}

interface Running {
  layout: Layout;
  plan: SystemPlan;
  parts: Map<string, Part>;
  stop(): Promise<void>;
}

function describeSystem({ layout, plan, parts, stop }: Running): System {
  const services = Object.fromEntries(layout.replicas.map(({ instance, ports }) => [instance, ports]));
  const url = (instance: string): string => {
    const port = services[instance]?.app;
    if (port === undefined) throw new Error(`${instance} is not part of this system`);
    return `http://127.0.0.1:${port}`;
  };
  const part = (name: string): Part => partNamed(parts, name);
  return {
    get gatewayUrl() {
      return url('gateway');
    },
    mailUrl: `http://127.0.0.1:${layout.ports.mail}`,
    sandboxUrl: `http://127.0.0.1:${layout.ports.sandbox}`,
    ports: { ...layout.ports, services },
    secrets: plan.secrets,
    mongodbUri: plan.mongodbUri,
    rabbit: plan.rabbit,
    url,
    parts: () => [...parts.keys()],
    pid: (name) => part(name).pid,
    kill: (name, signal) => part(name).kill(signal),
    hold: (name, signal) => part(name).hold(signal),
    release: (name) => part(name).release(),
    restart: (name) => part(name).restart(),
    whenReady: (name, timeoutMs) => part(name).whenReady(timeoutMs),
    health: () => Promise.all([...parts.values()].map((one) => one.status())),
    logs: (name) => (existsSync(part(name).logFile) ? readFileSync(part(name).logFile, 'utf8') : ''),
    stop,
  };
}

function partNamed(parts: Map<string, Part>, name: string): Part {
  const part = parts.get(name);
  if (part === undefined) throw new Error(`There is no part ${name}; there are ${[...parts.keys()].join(', ')}`);
  return part;
}
