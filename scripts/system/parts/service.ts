import manifest from '../../../package.json' with { type: 'json' };
import type { AppDeclaration } from '../declarations.ts';
import type { PartPlan } from '../part.ts';
import { root } from '../places.ts';
import { answers } from '../probe.ts';
import type { RenderedFolders } from '../render.ts';
import type { Trust } from '../trust.ts';

/** One replica of a service with its sidecar. `instance` is `sales`, or `sales-2` for its second replica. */
export interface ReplicaOptions {
  instance: string;
  service: string;
  ports: AppDeclaration;
  /** The file that is run: services/<service>/src/main.ts unless told otherwise. */
  main: string;
  daprd: string;
  folders: RenderedFolders;
  tokens: { dapr: string; app: string };
  trust: Trust;
  env: Record<string, string>;
  watch: boolean;
  sidecarMetrics: boolean;
}

const MAX_HEAP_MB = 256;

/** What of our own environment is for OpenTelemetry: where spans go, and how many of them. */
const tracingEnvironment = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_')));

/** A sidecar and a service that start side by side: the service waits for its sidecar, the sidecar for the service to listen. */
export function planReplica(options: ReplicaOptions): PartPlan[] {
  return [planSidecar(options), planService(options)];
}

function planService({ instance, ports, main, tokens, trust, env, watch }: ReplicaOptions): PartPlan {
  const flags = [`--max-old-space-size=${MAX_HEAP_MB}`, ...(watch ? ['--watch', '--watch-preserve-output'] : [])];
  return {
    name: instance,
    command: {
      file: process.execPath,
      args: [...flags, main],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_ENV: process.env.NODE_ENV === 'test' ? 'production' : (process.env.NODE_ENV ?? 'production'),
        HOST: '127.0.0.1',
        PORT: String(ports.app),
        DAPR_HTTP_PORT: String(ports.http),
        DAPR_API_TOKEN: tokens.dapr,
        APP_API_TOKEN: tokens.app,
        INSTANCE: instance,
        SOUK_VERSION: manifest.version,
        LOG_LEVEL: 'info',
        ...trust.service,
        ...tracingEnvironment(),
        ...env,
      },
      cwd: root,
    },
    ports: { http: ports.app },
    ready: () => answers(`http://127.0.0.1:${ports.app}/health`),
    readyTimeoutMs: 90_000,
    stopTimeoutMs: 20_000,
  };
}

function planSidecar({ instance, service, ports, daprd, folders, tokens, trust, sidecarMetrics }: ReplicaOptions): PartPlan {
  const settings: Record<string, string | number> = {
    'app-id': service,
    'app-port': ports.app,
    'app-protocol': 'http',
    'app-channel-address': '127.0.0.1',
    'dapr-http-port': ports.http,
    'dapr-grpc-port': ports.grpc,
    'dapr-internal-grpc-port': ports.internal,
    'dapr-listen-addresses': '127.0.0.1',
    'dapr-internal-grpc-listen-address': '127.0.0.1',
    'metrics-port': ports.metrics,
    'metrics-listen-address': '127.0.0.1',
    'max-body-size': '4Mi',
    // Of headers: as much as the services take, which is more than the gateway lets in.
    'read-buffer-size': '16Ki',
    config: folders.config(service),
    'log-level': 'warn',
    // While the application does not answer, its events wait in the queue instead of using up their retries.
    'app-health-check-path': '/health',
    'app-health-probe-interval': 2,
    'app-health-probe-timeout': 2_000,
    'app-health-threshold': 3,
    'dapr-graceful-shutdown-seconds': 3,
    // No actors, no workflows, no jobs: nobody to place or schedule them.
    'placement-host-address': '',
    'scheduler-host-address': '',
  };
  const switches = [
    '--enable-app-health-check',
    '--log-as-json',
    '--disable-builtin-k8s-secret-store',
    `--enable-metrics=${sidecarMetrics}`,
  ];
  const resources = [`--resources-path=${folders.resources}`, `--resources-path=${folders.own(service)}`];
  return {
    name: `${instance}-sidecar`,
    command: {
      file: daprd,
      args: [...Object.entries(settings).map(([name, value]) => `--${name}=${value}`), ...switches, ...resources],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        // Thirteen Go runtimes on a few cores: more threads and more collections only get in each other's way.
        GOMAXPROCS: '1',
        GOGC: '400',
        DAPR_API_TOKEN: tokens.dapr,
        APP_API_TOKEN: tokens.app,
        ...trust.sidecar,
      },
      cwd: folders.own(service),
    },
    ports: { http: ports.http, grpc: ports.grpc, internal: ports.internal, ...(sidecarMetrics && { metrics: ports.metrics }) },
    // Answers once the application listens and its subscriptions stand.
    ready: () => answers(`http://127.0.0.1:${ports.http}/v1.0/healthz`),
    readyTimeoutMs: 90_000,
    stopTimeoutMs: 8_000,
  };
}
