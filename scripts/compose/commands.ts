import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AppDeclaration } from '../system/declarations.ts';
import { loadApps } from '../system/declarations.ts';
import { givenTo } from '../system/given.ts';
import type { Command } from '../system/part.ts';
import { planMail } from '../system/parts/mail.ts';
import { planSandbox } from '../system/parts/sandbox.ts';
import { planReplica } from '../system/parts/service.ts';
import { root } from '../system/places.ts';
import type { Secrets } from '../system/secrets.ts';
import { stateFolder } from '../system/state.ts';
import { NO_TRUST } from '../system/trust.ts';
import { need, renderedFolders, STAND_IN_PORTS, secretsFile } from './state.ts';

const apps = loadApps();

/** Other containers reach it; on one machine everything listens on the loopback alone. */
const reachable = ({ env, ...command }: Command): Command => ({ ...command, env: { ...env, HOST: '0.0.0.0' } });

/** What a container runs, in the order of starting; it is stopped in reverse. Throws when there is no such part. */
export function commandsOf(part: string): Command[] {
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
    folders: renderedFolders(),
    tokens: { dapr: need(secrets, 'dapr-api-token'), app: need(secrets, 'app-api-token') },
    trust: NO_TRUST,
    env: { ...(service === 'gateway' && { WEBSOCKET_URL: `http://websocket:${portOf('websocket')}` }), ...givenTo(service) },
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
