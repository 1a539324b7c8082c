import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Sidecar } from '@souk/service-kit';
import { eventually } from '@souk/testing';
import { Wait } from 'testcontainers';
import type { AppDeclaration } from '../../scripts/system/declarations.ts';
import { loadApps } from '../../scripts/system/declarations.ts';
import type { PartPlan } from '../../scripts/system/part.ts';
import { planReplica } from '../../scripts/system/parts/service.ts';
import { root } from '../../scripts/system/places.ts';
import { answers } from '../../scripts/system/probe.ts';
import type { RenderedFolders } from '../../scripts/system/render.ts';
import { NO_TRUST } from '../../scripts/system/trust.ts';
import type { Ground } from './ground.ts';
import { containerOf } from './ground.ts';

/** This machine, as a container names it. */
const HOST = 'host.docker.internal';
const READY_MS = 90_000;
const APP_STOP_MS = 20_000;

type Tokens = { dapr: string; app: string };

export interface SidecarOptions {
  service: string;
  folders: RenderedFolders;
  secretsFile: string;
  tokens: Tokens;
  /** The application's port on this machine; undefined when the test itself is the application, and takes no calls. */
  appPort: number | undefined;
}

/** A sidecar in a container, told what `npm run up` tells it, and the way to it. */
export async function startSidecar(ground: Ground, options: SidecarOptions): Promise<{ client: Sidecar; port: number }> {
  const { service, folders, secretsFile, tokens, appPort } = options;
  const image = ground.sidecarImage;
  const [plan] = planOf(options, portsOf(service));
  const { http } = portsOf(service);
  // The last of two equal options counts.
  const args = [...plan.command.args, '--dapr-listen-addresses=0.0.0.0', `--app-channel-address=${HOST}`];
  args.push(...(appPort === undefined ? ['--app-port=0', '--enable-app-health-check=false'] : [`--app-port=${appPort}`]));
  const container = await containerOf({ ...image, command: [...image.command, ...args] }, ground, `${service}-sidecar`)
    .withExtraHosts([{ host: HOST, ipAddress: 'host-gateway' }])
    .withEnvironment({ DAPR_API_TOKEN: tokens.dapr, APP_API_TOKEN: tokens.app })
    .withCopyDirectoriesToContainer(
      [folders.resources, folders.own(service)].map((folder) => ({ source: folder, target: folder })),
    )
    .withCopyFilesToContainer([folders.config(service), secretsFile].map((file) => ({ source: file, target: file })))
    .withExposedPorts(http)
    // Its components answer before its application does.
    .withWaitStrategy(Wait.forHttp('/v1.0/healthz/outbound', http).forStatusCode(204))
    .withStartupTimeout(READY_MS)
    .start();
  const port = container.getMappedPort(http);
  const client = new Sidecar({ host: container.getHost(), port, token: tokens.dapr, timeoutMs: 10_000 });
  ground.closing.push(() => client.close());
  return { client, port };
}

/** The service itself, as a process of this machine beside a sidecar in a container. */
export async function startService(ground: Ground, options: SidecarOptions, sidecarPort: number): Promise<void> {
  const { appPort } = options;
  const [, plan] = planOf(options, { ...portsOf(options.service), ...(appPort !== undefined && { app: appPort }) });
  const { file, args, env, cwd } = plan.command;
  // Nothing but the broker brings it an event: a sweep would hide one that was lost.
  const own = { HOST: '0.0.0.0', DAPR_HTTP_PORT: String(sidecarPort), LOG_LEVEL: 'error', SWEEP_EVERY_MS: '86400000' };
  const child = spawn(file, args, { env: { ...env, ...own }, cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  ground.closing.push(async () => {
    const overdue = setTimeout(() => child.kill('SIGKILL'), APP_STOP_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(overdue);
  });
  await eventually(
    async () => {
      if (!(await answers(`http://127.0.0.1:${appPort}/health`))) throw new Error(`${options.service} is not well`);
    },
    { withinMs: READY_MS },
  );
}

function planOf({ service, folders, tokens }: SidecarOptions, ports: AppDeclaration): [PartPlan, PartPlan] {
  const [sidecar, app] = planReplica({
    ...{ service, ports, instance: service, tokens, daprd: 'daprd', env: {}, watch: false, sidecarMetrics: false },
    trust: NO_TRUST,
    main: join(root, 'services', service, 'src', 'main.ts'),
    folders,
  });
  if (!sidecar || !app) throw new Error(`${service} is not a sidecar and a service`);
  return [sidecar, app];
}

function portsOf(service: string): AppDeclaration {
  const ports = loadApps().find(({ name }) => name === service);
  if (!ports) throw new Error(`dapr/dapr.yaml has no ${service}`);
  return ports;
}
