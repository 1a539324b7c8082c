// Runs one part of compose.yaml in its container: `sales` is the service beside a sidecar of its own, `mail` and `sandbox` are stand-ins.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AppDeclaration } from '../system/declarations.ts';
import { loadApps } from '../system/declarations.ts';
import type { Command } from '../system/part.ts';
import { planMail } from '../system/parts/mail.ts';
import { planSandbox } from '../system/parts/sandbox.ts';
import { planReplica } from '../system/parts/service.ts';
import { root } from '../system/places.ts';
import type { Secrets } from '../system/secrets.ts';
import { stateFolder } from '../system/state.ts';
import { need, renderedFolders, STAND_IN_PORTS, secretsFile } from './state.ts';

const apps = loadApps();

/** Other containers reach it; on one machine everything listens on the loopback alone. */
const reachable = ({ env, ...command }: Command): Command => ({ ...command, env: { ...env, HOST: '0.0.0.0' } });

/** In their order of starting; they are stopped in reverse. */
function commandsOf(part: string): Command[] {
  const secrets: Secrets = JSON.parse(readFileSync(secretsFile(), 'utf8'));
  const app = apps.find(({ name }) => name === part);
  if (app) return replicaOf(app, secrets);
  if (part === 'mail') return [reachable(planMail(STAND_IN_PORTS).command)];
  if (part !== 'sandbox')
    throw new Error(`There is no part ${part}; there are ${apps.map(({ name }) => name).join(', ')}, mail, sandbox`);
  const sandbox = planSandbox({
    folder: join(stateFolder(), 'sandbox'),
    port: STAND_IN_PORTS.sandbox,
    apiKey: need(secrets, 'sandbox-api-key'),
    webhookSecret: need(secrets, 'sandbox-webhook-secret'),
    webhookUrl: `http://gateway:${portOf('gateway')}/api/payments/webhooks/sandbox`,
  });
  return [reachable(sandbox.command)];
}

function replicaOf(ports: AppDeclaration, secrets: Secrets): Command[] {
  const { name: service } = ports;
  const [sidecar, app] = planReplica({
    service,
    ports,
    instance: hostname(),
    main: join(root, 'services', service, 'src', 'main.ts'),
    daprd: 'daprd',
    folders: { ...renderedFolders(), own: renderedFolders().own(service) },
    tokens: { dapr: need(secrets, 'dapr-api-token'), app: need(secrets, 'app-api-token') },
    env: service === 'gateway' ? { WEBSOCKET_URL: `http://websocket:${portOf('websocket')}` } : {},
    watch: false,
    sidecarMetrics: false,
  });
  if (!sidecar || !app) throw new Error(`${service} is not a service and a sidecar`);
  // The last of two equal options counts: sidecars of other containers call this one.
  const args = [...sidecar.command.args, '--dapr-internal-grpc-listen-address=0.0.0.0'];
  return [{ ...sidecar.command, args }, reachable(app.command)];
}

function portOf(service: string): number {
  const app = apps.find(({ name }) => name === service);
  if (!app) throw new Error(`dapr/dapr.yaml has no ${service}`);
  return app.app;
}

const ended = (child: ChildProcess) => new Promise<void>((resolve) => child.once('close', () => resolve()));

/** A service finishes what it has begun while its sidecar still runs. */
async function stop(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = ended(child);
    child.kill('SIGTERM');
    await gone;
  }
}

const children = commandsOf(process.argv[2] ?? '').map(({ file, args, env, cwd }) =>
  spawn(file, args, { env, cwd, stdio: 'inherit' }),
);
const signalled = new Promise<'signal'>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve('signal'));
});
for (const child of children) child.once('error', (error) => console.error(error.message));
const cause = await Promise.race([signalled, ...children.map(ended)]);
await stop(children);
// Without its other half a process is of no use: the container ends, and Docker starts it again.
process.exitCode = cause === 'signal' ? 0 : 1;
